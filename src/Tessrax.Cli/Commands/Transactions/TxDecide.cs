using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Tokens;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Transactions;

namespace Tessrax.Cli.Commands.Transactions;

/// <summary><c>tx commit DIR TOKEN</c> and <c>tx abort DIR TOKEN</c>: the decision on a prepared receipt. Each may be repeated.</summary>
internal static class TxDecide
{
    public static Command CreateCommit(CliContext context) =>
        Create(
            context,
            "commit",
            "Record a prepared receipt; prints its index",
            (writer, desk, token, freshness) =>
            {
                long index = desk.Commit(token, freshness);
                string root = writer.Hasher.Text(writer.Tree.Root());
                context.WriteJson(() =>
                    JsonValue.Object(
                        ("token", token.ToString()),
                        ("state", "committed"),
                        ("index", index),
                        ("size", writer.Tree.Size),
                        ("root", root)
                    )
                );
                context.Line(Tone.Good, $"{index}");
                context.Line($"  root    {root} of {writer.Tree.Size}");
            },
            takesToken: true
        );

    public static Command CreateAbort(CliContext context) =>
        Create(
            context,
            "abort",
            "Give a prepared receipt up for good",
            (_, desk, token, _) =>
            {
                desk.Abort(token);
                TransactionStatus status = desk.Ask(token);
                context.WriteJson(status.ToJson);
                context.Line($"{status.StateText}: it never takes an index");
            }
        );

    private static Verb Create(
        CliContext context,
        string name,
        string summary,
        Action<LedgerWriter, TransactionDesk, TransactionToken, FreshnessToken?> decide,
        bool takesToken = false
    )
    {
        var directory = new LedgerArgument();
        var token = new TokenArgument();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            name,
            summary,
            ShellText.Of($"tessraxctl tx {name} decisions 0123456789abcdef0123456789abcdef")
        )
        {
            directory,
            token,
            passphrase,
        };
        Option<string?> freshness = TokenGroup.Option();
        if (takesToken)
            verb.Add(freshness);
        verb.SetAction(parsed =>
        {
            TransactionToken named = token.Read(parsed);
            FreshnessToken? carried = takesToken ? TokenGroup.Read(context, parsed.GetValue(freshness)) : null;
            using LedgerWriter writer = LedgerSession.OpenWriter(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(passphrase)
            );
            var desk = new TransactionDesk(writer);
            decide(writer, desk, named, carried);
            LedgerSession.Finish(context, writer);
            if (desk.Warning is { } warning)
                context.Notice($"warning {warning.Code}: {warning.Message}; the decision holds all the same");
            return 0;
        });
        return verb;
    }
}
