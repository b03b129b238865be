using System.Globalization;
using Tessrax.KillTarget;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Tests.Stores;
using Tessrax.Node.Transactions;

namespace Tessrax.EndToEnd.Tests;

/// <summary>kill -9 while receipts are prepared, committed and aborted, 12 rounds, in files and in PostgreSQL.</summary>
public sealed class KillTransactionTests
{
    private const int Rounds = 12;
    private const int MostSteps = 40;

    [Fact]
    public void What_was_acknowledged_is_so_and_a_coordinator_that_asks_again_finishes()
    {
        using var home = new LedgerHome();
        Run(home);
    }

    [Fact]
    public void The_same_holds_for_a_ledger_in_a_database()
    {
        using PrivatePostgres server = PrivatePostgres.Begin();
        PostgresStores.Register();
        using var home = new LedgerHome();
        home.Ctl.Must("store", "migrate", server.Address());
        home.Ctl.Must("move", "ledger", server.Address());
        Run(home);
        home.Ctl.Must("store", "check", "ledger");
    }

    private static void Run(LedgerHome home)
    {
        var random = new Random(KillRun.Seed);
        int acknowledged = 0;
        for (int run = 1; run <= Rounds; run++)
        {
            KillAt at = KillAt.Draw(random, MostSteps);
            string what = $"seed {KillRun.Seed}, run {run}, {at}: ";
            string[][] steps =
            [
                .. KillRun
                    .Target(at, "tx", home.Ctl.Folder, $"{run}")
                    .Where(line => line.StartsWith("ack ", StringComparison.Ordinal))
                    .Select(line => line.Split(' ')),
            ];
            acknowledged += steps.Length;
            CheckAndFinish(home, run, steps, what);
        }
        Assert.True(acknowledged > 3 * Rounds, $"only {acknowledged} steps in {Rounds} rounds");
        home.MustHold("after all rounds: ");
    }

    private static void CheckAndFinish(LedgerHome home, long run, string[][] steps, string what)
    {
        using LedgerWriter writer = home.Open();
        var desk = new TransactionDesk(writer);
        Dictionary<string, string[]> told = [];
        foreach (string[] step in steps)
            told[step[2]] = step;
        // One beyond the last that was told of may have been on its way.
        for (int number = 0; number <= told.Count; number++)
        {
            TransactionToken token = TransactionToken.OfNonce(Acknowledged.Prepared(run, number).Nonce!);
            TransactionStatus status = desk.Ask(token);
            TransactionState wanted = Acknowledged.DecisionOn(number);
            string[]? last = told.GetValueOrDefault(token.ToString());
            TransactionState?[] possible = last?[1] switch
            {
                "committed" => [TransactionState.Committed],
                "aborted" => [TransactionState.Aborted],
                "prepared" => [TransactionState.Prepared, wanted],
                _ => [null, TransactionState.Prepared],
            };
            Assert.True(possible.Contains(status.State), $"{what}{number} is {status.StateText}");
            if (last?[1] == "committed")
                Assert.True(
                    long.Parse(last[3], CultureInfo.InvariantCulture) == status.Index,
                    $"{what}{number} was {last[3]} and is {status.Index}"
                );
            Finish(desk, writer, run, number, what);
        }
    }

    private static void Finish(TransactionDesk desk, LedgerWriter writer, long run, int number, string what)
    {
        Draft draft = Acknowledged.Prepared(run, number);
        var token = TransactionToken.OfNonce(draft.Nonce!);
        bool commits = Acknowledged.DecisionOn(number) == TransactionState.Committed;
        if (!commits)
        {
            if (desk.Ask(token).State is not null)
                desk.Abort(token);
            return;
        }
        desk.Prepare(draft);
        long index = desk.Commit(token);
        Assert.True(index == desk.Commit(token), $"{what}{number} moved");
        Receipt receipt = writer.Append([draft])[0];
        Assert.True(index == receipt.Entry.Index, $"{what}{number} is there twice");
    }
}
