using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Ledgers;

/// <summary>A wish that governs and waits for approvals, for whoever has asked for it: the same of a directory and of a server.</summary>
/// <param name="Index">The proposal's id.</param>
/// <param name="Proposal">What is proposed.</param>
/// <param name="Approvals">How many approvals count.</param>
/// <param name="Required">Those that it needs.</param>
/// <param name="Tally">How many of them it has, in words.</param>
/// <param name="Due">Before when it is not recorded; null if it need not wait.</param>
/// <param name="Size">The ledger's size.</param>
internal sealed record WaitingWish(
    long Index,
    Proposal Proposal,
    long Approvals,
    IReadOnlyList<RequiredApproval> Required,
    string Tally,
    UtcTime? Due,
    long Size
)
{
    private const int MostRoles = 256;

    /// <summary>One of a ledger at hand.</summary>
    public static WaitingWish Of(LedgerWriter writer, long index)
    {
        OpenProposal waiting = writer.Fold.Proposals[index];
        UtcTime now = writer.Now();
        return new WaitingWish(
            index,
            waiting.Proposal,
            ApprovalTally.Live(waiting, writer.Fold, now),
            writer.Fold.RequiredOf(waiting.Proposal),
            ApprovalTally.Of(waiting, writer.Fold, now),
            writer.Fold.DueAt(waiting),
            writer.Fold.Size
        );
    }

    /// <summary>One of a ledger behind a server: what is proposed stands in the entry, what it needs and has is the server's word.</summary>
    /// <exception cref="TessraxException">TSX3014: it waits no more; TSX6040: the entry proposes nothing, or the answer is none.</exception>
    public static WaitingWish Of(RemoteLedger there, long index)
    {
        Receipt entry = there.Found(index);
        if (
            entry.Payload is not { } payload
            || EventPayloads.Read(entry.Entry.Body.Event, payload.Root) is not Proposal proposal
        )
            throw ErrorCodes.AnswerBroken.Because($"entry {index} is no proposal that can be read");
        return there
            .Tell($"v1/proposals/{index}")
            .Read(told =>
            {
                long approvals = told.Integer("approvals");
                long lapsed = told.Optional("lapsed") is null ? 0 : told.Integer("lapsed");
                RequiredApproval[] required =
                [
                    .. told.Array("required", MostRoles).Select(one => Needed(one.Value, one.Path)),
                ];
                return new WaitingWish(
                    index,
                    proposal,
                    approvals,
                    required,
                    Count(approvals, lapsed, required),
                    told.Optional("not_before") is null ? null : told.Time("not_before"),
                    there.Checkpoint().Head.Size
                );
            });
    }

    /// <summary>Reports it.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="ledger">The ledger, as it was named.</param>
    /// <param name="what">What is so once it is recorded.</param>
    public void Report(CliContext context, string ledger, string what)
    {
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", "pending"),
                ("proposal", Index),
                ("approvals", Approvals),
                ("required", JsonValue.Of(Required.Select(r => r.ToJson()))),
                ("expires_at", Proposal.Body.ExpiresAt.ToString()),
                ("not_before", Due is { } moment ? JsonValue.String(moment.ToString()) : null),
                ("size", Size)
            )
        );
        context.Line(Tone.Warn, $"proposal {Index} waits: {Tally} approved that {what}");
        context.Line($"  it would {ProposalText.Explain(Proposal)}");
        context.Line($"  until {Proposal.Body.ExpiresAt}");
        if (Due is { } due)
            context.Line($"  not before {due}: what may let more through waits, so that it can be seen");
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl approve {ledger} {Index} --key KEY"));
    }

    private static RequiredApproval Needed(JsonValue value, string path)
    {
        var reader = new ObjectReader(value, path);
        return new RequiredApproval(reader.String("role", 64), (int)Math.Min(reader.Integer("k"), int.MaxValue));
    }

    // In which roles approvals were given, a server does not tell.
    private static string Count(long approvals, long lapsed, RequiredApproval[] required)
    {
        string counted =
            approvals == 0 || required.Length == 1
                ? string.Join(" and ", required.Select(asked => $"{approvals} of {asked}"))
                : $"{approvals} of {string.Join(" and ", (IEnumerable<RequiredApproval>)required)}";
        return lapsed == 0 ? counted : $"{counted} ({lapsed} lapsed, and may be given again)";
    }
}
