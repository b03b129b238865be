using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>In whose favour a ledger is to be closed.</summary>
/// <param name="Old">The ledger's directory.</param>
/// <param name="Next">The directory of what goes on.</param>
/// <param name="Keys">The directory whose <c>keys/</c> hold, or will hold, the keys of what goes on.</param>
/// <param name="Origin">Names it; null for the next number.</param>
/// <param name="Hash">The hash function of its trees; null for the ledger's own.</param>
/// <param name="Shards">How many shards it has; null for one ledger.</param>
/// <param name="Again">The command that goes on, without <c>--yes</c>.</param>
internal sealed record ClosingWish(
    string Old,
    string Next,
    string Keys,
    string? Origin,
    string? Hash,
    int? Shards,
    string Again
);

/// <summary>A ledger that was closed, and what is needed to found what goes on.</summary>
/// <param name="Old">The closed ledger.</param>
/// <param name="Rollover">Founds it.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Passphrase">Opens their files.</param>
/// <param name="Ending">What ended undecided.</param>
internal sealed record ClosedLedger(
    LedgerWriter Old,
    Rollover Rollover,
    LedgerKeys Keys,
    byte[] Passphrase,
    Ending Ending
);

/// <summary>Closes a ledger in favour of what goes on, with the approvals that this needs, in as many runs as it takes; with the options that say how.</summary>
internal sealed class ClosingRun
{
    private readonly Option<string?> recovery = RecoveryText.CommitmentOption(
        "what the successor commits to, if this ledger did not: keys derive --purpose recovery --commitment"
    );

    private readonly Option<string[]> keys = new("--key")
    {
        Description = "an approver's key file, to approve the closing with; repeatable",
        HelpName = "FILE",
    };

    private readonly Option<string?> passphrase = LedgerSession.PassphraseOption();
    private readonly SeedOptions seeds = new(
        "the successor's keys are derived from it; it needs a --ledger of its own"
    );

    private readonly Option<string?> keyPassphrase = new("--key-passphrase-file")
    {
        Description = "holds the passphrase of the --key files, if it is not the same",
        HelpName = "FILE",
    };

    private readonly Option<bool> yes = new("--yes")
    {
        Description = "what is open may end undecided: proposals, and prepared receipts",
    };

    public void AddTo(Verb verb)
    {
        verb.Add(recovery);
        verb.Add(keys);
        verb.Add(passphrase);
        verb.Add(keyPassphrase);
        verb.Add(yes);
        seeds.AddTo(verb);
    }

    /// <summary>Closes the ledger, or proposes it and tells what it waits for; once it is closed, has founded what goes on. Interrupted anywhere, the same goes on.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="parsed">The options.</param>
    /// <param name="wish">What is to be made.</param>
    /// <param name="found">Founds it.</param>
    public int Run(CliContext context, ParseResult parsed, ClosingWish wish, Action<ClosedLedger> found)
    {
        RecoveryCommitment? wanted = RecoveryText.Commitment(parsed.GetValue(recovery));
        using LedgerSeed? seed = seeds.Open(context, parsed);
        NodeEnvironment environment = LedgerSession.Environment(context);
        string? secretFile = parsed.GetValue(passphrase);
        StoredKey[] approvers = [.. (parsed.GetValue(keys) ?? []).Select(ReadApprover)];
        using LedgerWriter writer = LedgerSession.OpenWriter(context, wish.Old, secretFile, out _);
        if (seed is not null)
            RequireOwnKeys(writer.Fold.State, seed);
        var rollover = new Rollover(writer, wish.Next, environment);
        RolloverPlan plan = rollover.Plan(wish.Origin, wish.Hash ?? writer.Fold.State.Hash, wish.Shards);
        byte[] secret = context.Passphrase($"the keys of {wish.Next}", secretFile);
        using LedgerKeys own = SuccessorKeys.Open(context, environment, wish.Keys, plan.Origin, secret, seed);
        var successor = new Successor(plan.Origin, plan.Hash, VerifierKey.Create(plan.Origin, own.Log.PublicKey))
        {
            Recovery = rollover.RecoveryFor(wanted),
            Shards = plan.Shards,
        };
        Ending ending = Ending.Of(writer, rollover.Undecided);
        if (rollover.Closed is null && !parsed.GetValue(yes))
            ending.RequireNone(writer.Fold);
        bool closed = rollover.Close(successor);
        foreach (StoredKey approver in closed ? [] : approvers)
            closed = Approve(context, rollover, approver, parsed.GetValue(keyPassphrase) ?? secretFile);
        LedgerSession.Finish(context, writer);
        if (closed)
            found(new ClosedLedger(writer, rollover, own, secret, ending));
        else
            ReportWaiting(context, writer, rollover, successor, wish, ending);
        return 0;
    }

    // A key has one purpose, once: that of the old ledger is not the successor's.
    private static void RequireOwnKeys(GovernanceState old, LedgerSeed seed)
    {
        foreach (KeyPurpose purpose in (KeyPurpose[])[KeyPurpose.Log, KeyPurpose.Author])
        {
            using DerivedKey derived = seed.Key(purpose, generation: 0);
            using PrivateKey key = derived.ToPrivateKey();
            if (old.Key(key.PublicKey.Id) is not null)
                throw ErrorCodes.WrongKey.Because(
                    $"the successor's {purpose.ToText()} key would be one of {old.Origin}",
                    "give the successor another number of the mnemonic with --ledger"
                );
        }
    }

    private static StoredKey ReadApprover(string file)
    {
        StoredKey stored = KeyStore.Read(file);
        return stored.Info.Purpose == KeyPurpose.Approver
            ? stored
            : throw ErrorCodes.WrongKey.Because(
                $"{file} holds a key for the purpose {stored.Info.Purpose.ToText()}, not approver"
            );
    }

    private static bool Approve(CliContext context, Rollover rollover, StoredKey approver, string? passphraseFile)
    {
        if (rollover.Closed is not null)
            return true;
        using PrivateKey key = approver.Decrypt(context.Passphrase($"the key '{approver.Info.Name}'", passphraseFile));
        bool closed = rollover.Approve(key.PublicKey.Id, message => key.Sign(message));
        context.Line($"approved by {approver.Info.Name}");
        return closed;
    }

    private static void ReportWaiting(
        CliContext context,
        LedgerWriter writer,
        Rollover rollover,
        Successor successor,
        ClosingWish wish,
        Ending ending
    )
    {
        OpenProposal waiting = rollover.Waiting!;
        IReadOnlyList<RequiredApproval> required = writer.Fold.RequiredOf(waiting.Proposal);
        UtcTime now = writer.Now();
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", "pending"),
                ("proposal", waiting.Index),
                ("approvals", ApprovalTally.Live(waiting, writer.Fold, now)),
                ("required", JsonValue.Of(required.Select(r => r.ToJson()))),
                ("expires_at", waiting.Proposal.Body.ExpiresAt.ToString()),
                ("successor", successor.ToJson()),
                ("dropped", JsonValue.Of(ending.Proposals.Select(JsonValue.Number))),
                ("dropped_receipts", ending.TokensToJson()),
                ("size", writer.Fold.Size)
            )
        );
        context.Line(
            Tone.Warn,
            $"proposal {waiting.Index} waits: {ApprovalTally.Of(waiting, writer.Fold, now)} approved that {writer.Directory.Origin} is closed"
        );
        context.Line($"  it would go on as {successor}");
        context.Line($"  until             {waiting.Proposal.Body.ExpiresAt}");
        ending.Tell(context, "would end");
        context.Line(
            Tone.Dim,
            ShellText.Of($"next: tessraxctl approve {wish.Old} {waiting.Index} --key KEY, then once more: ")
                + wish.Again
                + (ending.IsEmpty ? "" : " --yes")
        );
    }
}
