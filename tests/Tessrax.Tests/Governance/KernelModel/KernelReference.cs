using Tessrax.Canonical;

namespace Tessrax.Tests.Governance.KernelModel;

/// <summary>What a ledger must answer, written a second time and without looking at how the first does it: lists, LINQ, and every question asked afresh.</summary>
/// <remarks>It knows nothing of bytes: keys are numbers, a signature is what a command says that it is.</remarks>
internal sealed partial class KernelReference
{
    public static readonly ModelPolicy[] AllPolicies = [new("1.0.0", 1, 2), new("1.1.0", 2, 2), new("1.2.0", 1, 1)];
    public static readonly TimeSpan Delay = TimeSpan.FromHours(24);
    public static readonly TimeSpan TokenTime = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    public const long TokenEntries = 5;

    private readonly List<ModelClaim> claims = [];
    private readonly HashSet<string> told = [];
    private readonly Dictionary<int, string> settled = [];
    private readonly List<int> eras = [0, 0];

    public List<ModelKey> Keys { get; private set; } =
    [
        new(0, "author", "Olga", true, []),
        new(1, "second", "Pia", true, []),
        new(2, "ann", "Ann", false, ["approver"]),
        new(3, "ann-laptop", "Ann", false, ["approver"]),
        new(4, "bob", null, false, ["approver"]),
        new(5, "cid", "Cid", false, ["approver", "legal"]),
        new(6, "dan", null, false, ["legal"]),
        new(7, "olga", "Olga", false, ["approver", "legal"]),
    ];

    public required UtcTime Now { get; set; }

    public long Size { get; set; } = 1;

    public List<ModelProposal> Proposals { get; } = [];

    /// <summary>The policies in the order in which they came into force, each with the entry that brought it.</summary>
    public List<(ModelPolicy Policy, long At)> Policies { get; } = [(AllPolicies[0], 0)];

    public ModelPolicy Policy => Policies[^1].Policy;

    public IEnumerable<ModelProposal> Open => Proposals.Where(p => p.IsOpen);

    /// <summary>Number of control events, genesis included.</summary>
    public int State => eras.Count - 1;

    public IEnumerable<ModelKey> Authors => Keys.Where(k => k.IsAuthor && k.IsActive);

    public IEnumerable<ModelKey> Approvers => ApproversOf(Keys);

    public ModelKey? Key(int slot) => Keys.Find(k => k.Slot == slot);

    public int CountClaims => claims.Count;

    public Answer Claim(ModelClaim claim)
    {
        if (claims.Exists(c => c.Id == claim.Id))
            return ErrorCodes.ClaimIdReused;
        claims.Add(claim);
        Size++;
        return Answer.Yes;
    }

    /// <summary>The newest of each source count; they contradict each other if not all say the same.</summary>
    public ModelContradiction? Contradiction(int subject)
    {
        ModelClaim[] current =
        [
            .. claims
                .Where(c => c.Subject == subject)
                .GroupBy(c => c.Source)
                .Select(said => said.Last())
                .OrderBy(c => c.Id),
        ];
        if (current.Length == 0 || current.All(c => c.Value == current[0].Value))
            return null;
        double gap = 1 - (current.Min(c => c.Value) / current.Max(c => c.Value));
        ModelAction action =
            gap > 0.5 ? ModelAction.Both
            : gap > 0.2 ? ModelAction.One
            : ModelAction.None;
        return new ModelContradiction(string.Join(' ', current.Select(c => c.Id)), action);
    }

    public bool IsTold(int subject) => Contradiction(subject) is { } now && told.Contains(now.Id);

    public bool IsSettled(int subject) =>
        Contradiction(subject) is { } now && settled.GetValueOrDefault(subject) == now.Id;

    public Answer Tell(int subject)
    {
        if (!told.Add(Contradiction(subject)!.Id))
            return ErrorCodes.DecisionDiffers;
        Size++;
        return Answer.Yes;
    }

    /// <summary>A decision recorded without any approval, under some policy.</summary>
    public Answer Decide(int subject, ModelPolicy policy)
    {
        if (policy != Policy)
            return ErrorCodes.PolicyDiffers;
        if (!IsTold(subject) || IsSettled(subject))
            return ErrorCodes.DecisionDiffers;
        if (Contradiction(subject)!.Action != ModelAction.None)
            return ErrorCodes.NeedsApproval;
        settled[subject] = Contradiction(subject)!.Id;
        Size++;
        return Answer.Yes;
    }

    /// <summary>A decision put up for approval.</summary>
    public Answer Propose(int subject, ModelPolicy policy, int author, UtcTime expires)
    {
        ModelContradiction now = Contradiction(subject)!;
        if (policy != Policy || now.Action == ModelAction.None)
            return ErrorCodes.DecisionDiffers;
        if (expires - Now > (now.Action == ModelAction.One ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7)))
            return ErrorCodes.OutsideWindow;
        if (Open.Any(p => p.Control is null && p.Subject == subject))
            return ErrorCodes.DecisionDiffers;
        if (!Key(author)!.IsActive)
            return ErrorCodes.KeyEnded;
        if (!IsTold(subject) || IsSettled(subject))
            return ErrorCodes.DecisionDiffers;
        Put(
            new ModelProposal
            {
                Index = Size,
                Author = author,
                Expires = expires,
                RecordedAt = Now,
                Subject = subject,
                Contradiction = now.Id,
                Policy = policy,
                Action = now.Action,
            }
        );
        return Answer.Yes;
    }

    public Answer Own(int slot)
    {
        if (!Key(slot)!.IsAuthor)
            return ErrorCodes.NotByThatKey;
        if (!Key(slot)!.IsActive)
            return ErrorCodes.KeyEnded;
        Size++;
        return Answer.Yes;
    }

    /// <summary>Changes no rule: verdicts that were given before it are good still.</summary>
    public Answer Epoch()
    {
        Forget();
        eras.Add(eras[^1]);
        Size++;
        return Answer.Yes;
    }

    public Answer Close(ModelProposal proposal, string outcome)
    {
        if (!proposal.IsOpen)
            return ErrorCodes.Closed;
        bool holds = outcome switch
        {
            "rejected" => IsOutOfReach(proposal),
            "expired" => Now > proposal.Expires,
            _ => IsOvertaken(proposal),
        };
        if (!holds)
            return ErrorCodes.ApprovalsBroken;
        proposal.IsOpen = false;
        if (outcome != "superseded" && proposal.Control is null)
            settled[proposal.Subject] = proposal.Contradiction;
        Size++;
        return Answer.Yes;
    }

    /// <summary>Whether what waits would not be proposed any more.</summary>
    public bool IsOvertaken(ModelProposal proposal)
    {
        if (!Key(proposal.Author)!.IsActive)
            return true;
        if (proposal.Control is { } control)
            return Fault(control) is not null;
        return proposal.Policy != Policy || Contradiction(proposal.Subject)?.Id != proposal.Contradiction;
    }

    private void Put(ModelProposal proposal)
    {
        Proposals.Add(proposal);
        Size++;
    }

    private static IEnumerable<ModelKey> ApproversOf(IEnumerable<ModelKey> keys) =>
        keys.Where(k => !k.IsAuthor && k.IsActive);
}
