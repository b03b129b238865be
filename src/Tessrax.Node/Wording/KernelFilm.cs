using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Node.Wording;

/// <summary>The parts of the way that a decision takes.</summary>
public enum FilmStage
{
    /// <summary>Sources say what they say.</summary>
    Claims,

    /// <summary>What they say does not go together.</summary>
    Contradiction,

    /// <summary>A rule of the policy settles it.</summary>
    Rule,

    /// <summary>People agree, or do not.</summary>
    Approvals,

    /// <summary>It is on record; and what became of it.</summary>
    Record,
}

/// <summary>One picture of a film: what it adds to those before.</summary>
/// <param name="Stage">Where.</param>
/// <param name="Kind">Which step of the story it is; null for the rule, which follows from the records.</param>
/// <param name="What">What happened.</param>
/// <param name="Who">Who did it; empty where it follows from the rules.</param>
/// <param name="Entry">The entry that records it; null for the rule.</param>
/// <param name="Time">When that was recorded.</param>
public sealed record FilmFrame(FilmStage Stage, StoryKind? Kind, string What, string Who, long? Entry, UtcTime? Time)
{
    /// <summary>A sentence about it.</summary>
    public string Caption => Who.Length > 0 ? $"{What}, {Who}" : What;
}

/// <summary>A claim as a film shows it.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Frame">The frame in which it arrives.</param>
/// <param name="IsChosen">Whether the decision follows it.</param>
public sealed record FilmClaim(Claim Claim, int Frame, bool IsChosen);

/// <summary>How a decision came about, picture by picture, from the records that tell of it: claims arrive, they contradict each other, a rule fires, people approve, it is recorded.</summary>
/// <remarks>A function of the records alone. Long stories are told shorter: what is left out of a stage is one frame, which says how many entries it stands for.</remarks>
public sealed class KernelFilm
{
    /// <summary>The most claims that are shown.</summary>
    public const int MostClaims = 6;

    private const int MostArrivals = 5;
    private const int MostVotes = 8;
    private const int MostRecords = 4;

    private KernelFilm(long index, Decision decision, Contradiction? contradiction, string state)
    {
        Index = index;
        Decision = decision;
        Contradiction = contradiction;
        State = state;
    }

    /// <summary>The entry that records or proposes the decision.</summary>
    public long Index { get; }

    public Decision Decision { get; }

    /// <summary>What it settles; null if its payload is not there any more.</summary>
    public Contradiction? Contradiction { get; }

    /// <summary>Whether its entry proposes it.</summary>
    public bool IsProposal { get; private init; }

    /// <summary>How far it has come, in a word.</summary>
    public string State { get; }

    /// <summary>The frames in their order; at least one.</summary>
    public IReadOnlyList<FilmFrame> Frames { get; private init; } = [];

    /// <summary>The claims that are shown, in the order in which they arrive.</summary>
    public IReadOnlyList<FilmClaim> Claims { get; private init; } = [];

    /// <summary>How many claims are not shown: there are too many, or their payloads were erased.</summary>
    public int ClaimsLeftOut => Decision.Claims.Count - Claims.Count;

    /// <summary>The frame in which the rule fires.</summary>
    public int RuleFrame { get; private init; }

    /// <summary>The film of a decision; null if its payload was erased, and nothing can be told.</summary>
    public static KernelFilm? Of(ToldDecision told)
    {
        ArgumentNullException.ThrowIfNull(told);
        if (told is not { Decision: { } decision, Story: { } story, Claims: { } claims })
            return null;
        string state = told.Fate?.Status ?? told.Status?.State.Text() ?? "recorded";
        ILookup<FilmStage, StoryStep> steps = story.Steps.ToLookup(step => StageOf(step.Kind));
        List<FilmFrame> frames =
        [
            .. Told(steps, FilmStage.Claims, MostArrivals),
            .. Told(steps, FilmStage.Contradiction, 1),
            new FilmFrame(FilmStage.Rule, null, $"rule {decision.Rule}: {decision.Reason}", "", null, null),
        ];
        int rule = frames.Count - 1;
        frames.AddRange(
            Told(steps, FilmStage.Approvals, MostVotes)
                .Concat(Told(steps, FilmStage.Record, MostRecords))
                .OrderBy(frame => frame.Entry)
        );
        return new KernelFilm(told.Receipt.Entry.Index, decision, story.Contradiction, state)
        {
            IsProposal = told.Receipt.Entry.Body.Event == Events.DecisionProposed,
            Frames = frames,
            RuleFrame = rule,
            Claims = Shown(
                claims.All,
                decision,
                digest => ArrivalOf(story.ClaimedIn.GetValueOrDefault(digest), frames)
            ),
        };
    }

    /// <summary>The frames of a stage, each with its number.</summary>
    public IEnumerable<(FilmFrame Frame, int Number)> Of(FilmStage stage) =>
        Frames.Select((frame, number) => (frame, number)).Where(one => one.frame.Stage == stage);

    private static FilmStage StageOf(StoryKind kind) =>
        kind switch
        {
            StoryKind.Claimed => FilmStage.Claims,
            StoryKind.Contradicted => FilmStage.Contradiction,
            StoryKind.Recorded or StoryKind.Executed or StoryKind.Superseded => FilmStage.Record,
            _ => FilmStage.Approvals,
        };

    // How it began and how it ended; what is between them is one frame if it is too long.
    private static IEnumerable<FilmFrame> Told(ILookup<FilmStage, StoryStep> steps, FilmStage stage, int most)
    {
        StoryStep[] all = [.. steps[stage]];
        if (all.Length <= most)
            return all.Select(step => Frame(step, stage));
        int first = most / 2;
        int last = most - first - 1;
        StoryStep end = all[^(last + 1)];
        return
        [
            .. all[..first].Select(step => Frame(step, stage)),
            Frame(end with { What = $"{Counted.Of(all.Length - most + 1, "entry")} more", Who = "" }, stage),
            .. all[^last..].Select(step => Frame(step, stage)),
        ];
    }

    private static FilmFrame Frame(StoryStep step, FilmStage stage) =>
        new(stage, step.Kind, step.What, step.Who, step.Entry, step.Time);

    // The one that was followed is among them.
    private static FilmClaim[] Shown(IReadOnlyList<Claim> all, Decision decision, Func<Digest, int> arrival) =>
        [
            .. all.Select(claim => new FilmClaim(
                    claim,
                    arrival(claim.Digest),
                    claim.ClaimId == decision.Outcome.ClaimId
                ))
                .OrderBy(claim => !claim.IsChosen)
                .ThenBy(claim => claim.Frame)
                .Take(MostClaims)
                .OrderBy(claim => claim.Frame),
        ];

    private static int ArrivalOf(long entry, List<FilmFrame> frames) =>
        Math.Max(0, frames.FindIndex(frame => frame.Stage == FilmStage.Claims && frame.Entry >= entry));
}
