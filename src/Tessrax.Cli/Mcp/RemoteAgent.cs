using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Search;

namespace Tessrax.Cli.Mcp;

/// <summary>A ledger behind a server, written to beside all others who use it. What the agent is told of entries was verified; what is the server's word says so, under <c>servers_word</c>.</summary>
/// <param name="context">Clock, randomness and the user's directories.</param>
/// <param name="there">The ledger.</param>
/// <param name="place">Its URL.</param>
/// <param name="source">Whose claims the agent's are.</param>
/// <param name="mayWrite">Whether there is a key for that.</param>
internal sealed class RemoteAgent(CliContext context, RemoteLedger there, string place, string source, bool mayWrite)
    : AgentLedger(context, place, source)
{
    // Each is asked for, and verified, for itself.
    private const int MostStandings = 100;

    public override string Origin => there.Client.Trust.Policy.Logs[0].Name;

    public override bool MayWrite => mayWrite;

    public override string Word => RemoteStanding.Word;

    public override JsonValue Record(ClaimFile claims, CancellationToken cancel)
    {
        var sending = new RemoteIngest(Context, there);
        // In one request, so that all are recorded or none.
        if (!RemoteIngest.IsOnePart(claims))
            throw ErrorCodes.TooLarge.Because(
                "the claims are more than a server takes in one request",
                "submit fewer at a time, or shorter ones"
            );
        sending.Send([claims]);
        string[] subjects = [.. claims.Lines.Select(line => line.Claim.Subject).Distinct().Order()];
        JsonValue told = sending
            .ToJson()
            .With(
                "servers_word",
                $"{(sending.IsSeen ? "" : "that they are recorded; ")}how many of them were on record before, what followed, and {RemoteStanding.Word}"
            );
        try
        {
            var standing = new RemoteStanding(Context, there, Place);
            return told.With(
                    "standing",
                    JsonValue.Of(
                        subjects.Take(MostStandings).SelectMany(subject => StandingOf(standing, subject, claims))
                    )
                )
                .With("more", subjects.Length > MostStandings);
        }
        catch (TessraxException e)
        {
            // They are recorded all the same.
            return told.With("standing", JsonValue.Of()).With("standing_untold", ErrorReport.ToJson(e)["error"]!);
        }
    }

    private IEnumerable<JsonValue> StandingOf(RemoteStanding standing, string subject, ClaimFile claims)
    {
        string[] metrics =
        [
            .. claims.Lines.Where(line => line.Claim.Subject == subject).Select(line => line.Claim.Metric).Distinct(),
        ];
        return standing
            .Of(subject, metrics is [var only] ? only : null)
            .Groups.Where(group => metrics.Contains(group.Key.Metric))
            .Select(group => group.ToJson(Place));
    }

    public override SubjectStanding Standing(string subject, string? metric) =>
        new RemoteStanding(Context, there, Place).Of(subject, metric);

    public override JsonValue Decisions(DecisionWish wish)
    {
        int limit = (int)(wish.Limit ?? int.MaxValue - 1);
        (FoundDecision One, JsonValue? Erased)[] found =
        [
            .. new RemoteDecisions(Context, there, Place).Wanted(wish with { Limit = limit + 1 }),
        ];
        return JsonValue.Object(
            (
                "decisions",
                JsonValue.Of(
                    found.Take(limit).Select(one => DecisionJson.Of(one.One.Receipt, one.One.Status, one.Erased))
                )
            ),
            ("more", found.Length > limit),
            ("servers_word", "how far each has come, and that there are no others")
        );
    }

    public override JsonValue Decision(long index)
    {
        ToldDecision told = new RemoteDecisions(Context, there, Place).Told(index, out JsonValue? erased);
        return DecisionJson
            .Of(told, erased)
            .With("servers_word", "how far it has come, and that nothing else became of it");
    }

    public override JsonValue Pending()
    {
        ApprovalRequest request = RemoteLedger.Await(there.Client.ApprovalRequestAsync(Context.Cancellation));
        return JsonValue.Object(
            (
                "proposals",
                JsonValue.Of(
                    request.Proposals.Select(one =>
                        RemoteLedger.ToJson(one).With("approve_with", GroupStanding.Approving(Place, one.Index))
                    )
                )
            ),
            ("size", there.Checkpoint().Head.Size),
            ("servers_word", "that no others wait, and what each of them needs")
        );
    }

    public override JsonValue Search(AgentSearch search, CancellationToken cancel)
    {
        (SearchAnswer answer, TreeHasher hasher) = new RemoteSearch(Context, there, search.Said).Answer(
            new SearchWish(search.Said)
            {
                Limit = search.Limit,
                Order = search.Order,
                Cursor = search.Cursor,
            }
        );
        return SearchJson.Of(answer, hasher, withHits: true).With("servers_word", "that there are no other hits");
    }

    public override JsonValue Entry(long index)
    {
        VerifiedReceipt receipt = there.Receipt(index);
        return ReceiptText.ToJson(receipt.Receipt, receipt.In.Hasher);
    }

    public override (byte[] Bytes, long Size) Bundle(long index) =>
        (
            RemoteLedger.Await(there.Client.BundleAsync(index, Context.Cancellation)).Bytes.ToArray(),
            there.Checkpoint().Head.Size
        );

    public override JsonValue Policy() => new RemotePolicies(there).InForce().Document;

    public override JsonValue Policies()
    {
        IReadOnlyList<(PolicyInForce Policy, Ledger.Entry Entry)> all = new RemotePolicies(there).All();
        return JsonValue.Object(
            (
                "policies",
                JsonValue.Of(all.Select(one => GovernanceJson.Of(one.Policy, one.Entry, one.Policy == all[^1].Policy)))
            ),
            ("servers_word", RemotePolicies.Word)
        );
    }

    public override JsonValue Policy(Digest digest) =>
        RemoteLedger.Await(there.Client.PolicyAsync(digest, Context.Cancellation));

    public override string Checkpoint() => Text(there.Checkpoint());

    public override string Checkpoint(long size) =>
        Text(RemoteLedger.Await(there.Client.CheckpointAtAsync(size, Context.Cancellation)));

    private static string Text(VerifiedCheckpoint checkpoint) => Encoding.UTF8.GetString(checkpoint.Note.ToBytes());
}
