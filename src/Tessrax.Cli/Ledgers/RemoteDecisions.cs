using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Search;

namespace Tessrax.Cli.Ledgers;

/// <summary>What was decided, of a ledger behind a server. Each decision is told from its own entries, which are verified; which entries those are, and how far it has come, is the server's word.</summary>
internal sealed class RemoteDecisions(CliContext context, RemoteLedger there, string place)
{
    private const int MostSteps = 10_000;

    private static readonly string[] Fates =
    [
        ProposalFate.Open,
        ProposalFate.Decided,
        "rejected",
        "expired",
        "superseded",
        "escalated",
        "lapsed",
    ];

    private readonly Lazy<KeyNames> names = new(() => KeyNames.Of(there.Receipt(0).Receipt));

    /// <summary>Prints a list of them.</summary>
    public void Print(DecisionWish wish)
    {
        if (context.Json)
        {
            foreach ((FoundDecision one, JsonValue? gone) in Wanted(wish))
                context.WriteJson(() => DecisionJson.Of(one.Receipt, one.Status, gone));
            return;
        }
        // One more than are shown tells whether there are more.
        (FoundDecision One, JsonValue? Erased)[] found = [.. Wanted(wish with { Limit = wish.Limit + 1 })];
        bool hasMore = found.Length > wish.Limit;
        FoundDecision[] shown = [.. found.Take(hasMore ? found.Length - 1 : found.Length).Select(one => one.One)];
        var erased = found.ToDictionary(one => one.One.Receipt, one => AtOf(one.Erased));
        context.Print(
            DecisionTable.Lay(
                shown,
                wish,
                hasMore,
                one => DecisionTable.Row(one, names.Value.NameOf, receipt => erased[receipt]),
                "each is in the ledger, and how far it has come is the server's word"
            )
        );
    }

    /// <summary>Prints how one came about.</summary>
    public void Explain(long index, TimeForm form)
    {
        ToldDecision told = Told(index, out JsonValue? erased);
        context.WriteJson(() => DecisionJson.Of(told, erased));
        if (context.Json)
            return;
        if (told.Decision is null)
        {
            context.Line(Tone.Strong, $"decision {index}");
            context.Line(Tone.Warn, "its payload was erased, the server says");
            return;
        }
        (string said, Tone tone) =
            told.Fate is { } fate ? ($"{fate.Status}, the server says", Tone.Warn)
            : told.Status is not { } status ? ("", Tone.Plain)
            : (
                $"state: {status.State.Text()}{(status.At is { } at ? $" by entry {at}" : "")}, the server says",
                Tones.Of(status.State)
            );
        UtcTime now = UtcTime.Now(context.Time);
        var page = new DecisionPage(new DecisionLedger(place, names.Value.NameOf, null), told);
        context.Print(page.Make(said, tone, time => TimeText.Show(time, now, form)));
    }

    /// <summary>Reads what the ledger tells of a decision. Its bundle is verified, in which it is worked out anew.</summary>
    /// <param name="index">The entry that records or proposes it.</param>
    /// <param name="erased">What the server says of who erased its payload; null if nobody did.</param>
    /// <exception cref="TessraxException">TSX6040: what is told does not hold; the server's own: it holds no decision.</exception>
    public ToldDecision Told(long index, out JsonValue? erased)
    {
        ServerWord word = there.Tell(FormattableString.Invariant($"v1/decisions/{index}"));
        Receipt receipt = there.Receipt(index).Receipt;
        erased = word.Read(told => told.Optional("erased"));
        if (DecisionOf(receipt) is not { } decision)
            return new ToldDecision(receipt, null, null, null, null, null);
        RemoteLedger.Await(there.Client.BundleAsync(index, context.Cancellation));
        var story = new DecisionStory(decision, names.Value.NameOf);
        var recorded = new List<Claim>();
        foreach (long step in StepsOf(word))
        {
            Receipt other = there.Found(step);
            story.Add(other);
            if (other.Entry.Body.Event == Events.ClaimsRecorded && other.Payload is { } payload)
                recorded.AddRange(((ClaimsRecorded)EventPayloads.Read(Events.ClaimsRecorded, payload.Root)).Claims);
        }
        var claims = new DecisionClaims(
            [.. decision.Claims.Select(one => recorded.Find(claim => claim.Digest == one.Digest)).OfType<Claim>()],
            decision,
            story.Contradiction
        );
        bool isProposed = receipt.Entry.Body.Event == Events.DecisionProposed;
        string fate = word.Read(told => told.OneOf("status", Fates));
        return new ToldDecision(
            receipt,
            decision,
            story,
            claims,
            isProposed ? new ProposalFate(fate, -1, []) : null,
            word.Read(told => told.Optional("state") is null ? null : StatusOf(told, receipt, decision))
        );
    }

    /// <summary>Those that somebody wants, in the server's order, fetched as they are read; with what the server says of who erased a payload.</summary>
    /// <exception cref="TessraxException">TSX6040: one of them does not hold.</exception>
    public IEnumerable<(FoundDecision One, JsonValue? Erased)> Wanted(DecisionWish wish)
    {
        long left = wish.Limit ?? long.MaxValue;
        var seen = new HashSet<long>();
        long last = long.MaxValue;
        foreach ((_, JsonValue[] given) in there.TellPages(PathOf(wish), "decisions"))
        {
            foreach (JsonValue one in given)
            {
                (FoundDecision found, JsonValue? erased) = Held(one);
                if (!seen.Add(found.Status.Entry) || (!wish.IsOfWaiting && found.Status.Entry >= last))
                    throw ErrorCodes.AnswerBroken.Because(
                        "the server's decisions are out of order, or repeat themselves"
                    );
                last = found.Status.Entry;
                if (left-- <= 0)
                    yield break;
                yield return (found, erased);
            }
            if (left <= 0)
                yield break;
        }
    }

    private (FoundDecision One, JsonValue? Erased) Held(JsonValue given) =>
        new ServerWord(given).Read(told =>
        {
            Receipt receipt = there.Found(told.Integer("index"));
            Decision? decision = DecisionOf(receipt);
            return (new FoundDecision(StatusOf(told, receipt, decision), receipt), told.Optional("erased"));
        });

    private static DecisionStatus StatusOf(ObjectReader told, Receipt receipt, Decision? decision)
    {
        string state = told.OneOf("state", DecisionStates.All);
        return new DecisionStatus(
            receipt.Entry.Index,
            decision,
            Enum.GetValues<DecisionState>().First(one => one.Text() == state),
            told.Optional("at") is null ? null : told.Integer("at"),
            receipt.Entry.Body.Event == Events.DecisionRecorded
        );
    }

    // Null if its payload is gone.
    private static Decision? DecisionOf(Receipt receipt)
    {
        string name = receipt.Entry.Body.Event;
        if (name is not (Events.DecisionRecorded or Events.DecisionProposed))
            throw ErrorCodes.AnswerBroken.Because(
                $"the server names entry {receipt.Entry.Index}, which is no decision"
            );
        if (receipt.Payload is not { } payload)
            return null;
        Decision? decision =
            name == Events.DecisionRecorded
                ? Decision.FromJson(payload.Root)
                : Proposal.FromJson(payload.Root).Decision;
        return decision
            ?? throw ErrorCodes.AnswerBroken.Because(
                $"the server names entry {receipt.Entry.Index}, which proposes no decision"
            );
    }

    private static long[] StepsOf(ServerWord word) =>
        word.Read(told =>
            told.Array("timeline", MostSteps)
                .Select(step => new ObjectReader(step.Value, step.Path).Integer("index"))
                .Distinct()
                .Order()
                .ToArray()
        );

    private static long? AtOf(JsonValue? erased) =>
        erased is { Kind: JsonKind.Object } ? new ServerWord(erased).Read(told => (long?)told.Integer("at")) : null;

    private static string PathOf(DecisionWish wish)
    {
        string limit = FormattableString.Invariant(
            $"limit={Math.Clamp(wish.Limit ?? RemoteLedger.MostOfPage, 1, RemoteLedger.MostOfPage)}"
        );
        string before = wish.Before is { } end ? FormattableString.Invariant($"before={end}") : "";
        string[] query =
        [
            limit,
            before,
            wish.State is null ? "" : $"state={Uri.EscapeDataString(wish.State)}",
            wish.Lane is null ? "" : $"lane={Uri.EscapeDataString(wish.Lane)}",
        ];
        return $"v1/decisions?{string.Join('&', query.Where(part => part.Length > 0))}";
    }
}
