using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>Wishes that govern a ledger behind a server. What became of one is told as where the ledger lies.</summary>
/// <param name="context">Where to.</param>
/// <param name="there">The ledger.</param>
/// <param name="url">Its server, as it was named.</param>
internal sealed class RemoteWishes(CliContext context, RemoteLedger there, string url)
{
    // Far more than wait anywhere.
    private const int MostProposals = 1_000_000;

    private const string Word = "what it needs, and which approvals it has, is the server's word";

    /// <summary>The ledger's id: what its approvers sign is for this one.</summary>
    public Digest Ledger =>
        there.Client.Trust.Ledger ?? SignedBytes.LedgerIdOf(there.Receipt(0).Receipt.Entry.Body.ToJson());

    /// <summary>The keys that the ledger knows, each held to its entries.</summary>
    public IReadOnlyList<LedgerKey> Keys() => [.. new RemoteKeys(there).All().Select(one => one.Key)];

    /// <summary>Asks for a control event.</summary>
    /// <param name="name">The event.</param>
    /// <param name="control">Its content.</param>
    /// <param name="what">What is so once it is recorded.</param>
    /// <returns>The entry that it is recorded by; null if it waits, which has been told then.</returns>
    /// <exception cref="TessraxException">The server's own: it refused; TSX6040: what it names is something else.</exception>
    public long? Ask(string name, JsonValue control, string what)
    {
        GovernedThere done = RemoteLedger.Await(there.Client.GovernAsync(name, control, context.Cancellation));
        if (done.IsRecorded)
            return done.Entry;
        try
        {
            WaitingWish.Of(there, done.Entry).Report(context, url, what);
            context.Notice(Word);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchProposal)
        {
            // Somebody was quick: what was asked for is on record as a proposal all the same.
            context.WriteJson(() => JsonValue.Object(("status", "pending"), ("proposal", done.Entry)));
            context.Line(Tone.Warn, $"proposal {done.Entry} was made, and waits no more");
            context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl decisions {url} {done.Entry}"));
        }
        return null;
    }

    /// <summary>Asks for a control event, and says what became of it.</summary>
    /// <returns>0, the exit code.</returns>
    /// <inheritdoc cref="Ask"/>
    public int Govern(string name, JsonValue control, string what)
    {
        if (Ask(name, control, what) is { } index)
            Report(index, what);
        return 0;
    }

    /// <summary>The same of one that changes by which rules verdicts count: how many approvals then count no more is said, and what nobody can approve any more.</summary>
    /// <returns>0, the exit code.</returns>
    /// <inheritdoc cref="Ask"/>
    public int GovernRules(string name, JsonValue control, string what)
    {
        if (Ask(name, control, what) is { } index)
        {
            Report(index, what);
            WarnOfUnreachable(new RemotePolicies(there).InForce());
        }
        else if (CountApprovals() is > 0 and var counted)
            context.Line(
                Tone.Warn,
                $"once it is recorded, {Counted.Of(counted, "approval")} given before it will count no more, and may be given again"
            );
        return 0;
    }

    /// <summary>Warns of what the approvers of the present can never approve under a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="unlessNobody">Whether nothing is said where there are no approvers.</param>
    public void WarnOfUnreachable(Policy policy, bool unlessNobody = false)
    {
        LedgerKey[] approvers = [.. Keys().Where(key => key.IsActive && key.Purpose == KeyPurpose.Approver)];
        if (unlessNobody && approvers.Length == 0)
            return;
        foreach (string lack in PolicyFile.Unreachable(policy, approvers))
            context.Notice($"warning: {lack}");
    }

    private void Report(long index, string what)
    {
        context.WriteJson(() =>
            JsonValue.Object(("status", "done"), ("index", index), ("size", there.Checkpoint().Head.Size))
        );
        context.Line(Tone.Good, $"{what}: recorded at {index}");
    }

    // Of all that waits, as the server says; of rejections it does not tell which still count.
    private long CountApprovals() =>
        there
            .Tell("v1/proposals")
            .Read(told =>
                told.Array("proposals", MostProposals)
                    .Sum(one => new ObjectReader(one.Value, one.Path).Integer("approvals"))
            );
}
