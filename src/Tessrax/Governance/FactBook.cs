using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>The facts that the payloads of a ledger's entries left, in blocks of 65,536 entries, and what is looked up in them.</summary>
/// <remarks>The digest of a block is kept until one of its facts comes or goes, so that a long ledger's state costs only what changed.</remarks>
internal sealed class FactBook
{
    /// <summary>Entries of a block: those of a segment.</summary>
    public const int BlockBits = 16;

    private readonly SortedDictionary<long, Block> blocks = [];
    private readonly Dictionary<Digest, long> detected = [];

    // The contradictions of each group that were decided, refused or left to expire. The last one counts: claims come and go, and one
    // that comes back after another was decided must be decided again. The others are there for when the last is erased.
    private readonly Dictionary<GroupKey, List<SettlementFact>> settled = [];

    // The same for those that were passed on to others, and are settled no more than before.
    private readonly Dictionary<GroupKey, List<EscalationFact>> escalated = [];
    private readonly Dictionary<long, ExecutedFact> executed = [];

    /// <summary>Every claim recorded.</summary>
    public ClaimBook Claims { get; private set; } = new(Policy.Default.Rules);

    /// <summary>Begins anew under the rules of a policy.</summary>
    public void Begin(MetricRules rules)
    {
        blocks.Clear();
        detected.Clear();
        settled.Clear();
        escalated.Clear();
        executed.Clear();
        Claims = new ClaimBook(rules);
    }

    /// <summary>Compares all claims by other rules from now on. What was told and settled stays so: a contradiction is known by its claims and its group, and
    /// only where the rules put the claims into another group is it another one.</summary>
    public void ChangeRules(MetricRules rules)
    {
        // In the order of the entries, as for whoever goes on from the state after them.
        Claims = new ClaimBook(rules);
        foreach (ClaimsFact fact in blocks.Values.SelectMany(block => block.Facts).OfType<ClaimsFact>())
        {
            foreach (Claim claim in fact.Claims)
                Claims.Add(claim, fact.Entry);
        }
    }

    /// <summary>The entry that told of a contradiction, or null.</summary>
    public long? DetectedAt(Digest contradiction) => detected.TryGetValue(contradiction, out long at) ? at : null;

    /// <summary>How a contradiction was settled, if it is the last one settled in its group; else null.</summary>
    public SettlementFact? SettlementOf(GroupKey key, Digest contradiction) =>
        LastSettlementOf(key) is { } last && last.Contradiction == contradiction ? last : null;

    /// <summary>What was settled last in a group, or null.</summary>
    public SettlementFact? LastSettlementOf(GroupKey key) =>
        settled.TryGetValue(key, out List<SettlementFact>? group) ? group[^1] : null;

    /// <summary>How a contradiction was passed on last, if nothing was settled in its group, and no other was passed on, since; else null.</summary>
    public EscalationFact? EscalationOf(GroupKey key, Digest contradiction) =>
        escalated.TryGetValue(key, out List<EscalationFact>? group)
        && group[^1].Contradiction == contradiction
        && !(LastSettlementOf(key)?.Entry > group[^1].Entry)
            ? group[^1]
            : null;

    /// <summary>The entry that says that a decision was executed, or null.</summary>
    public long? ExecutedAt(long decision) =>
        executed.TryGetValue(decision, out ExecutedFact? fact) ? fact.Entry : null;

    /// <summary>The settlement that an entry brought, or null.</summary>
    public SettlementFact? SettlementBy(long entry) =>
        blocks.TryGetValue(entry >> BlockBits, out Block? block) ? block.Find(entry) as SettlementFact : null;

    /// <summary>Takes in a fact of an entry that comes after all others.</summary>
    /// <exception cref="TessraxException">TSX1013: another claim has the id of one of its claims.</exception>
    public void Add(Fact fact)
    {
        switch (fact)
        {
            case ClaimsFact claims:
                foreach (Claim claim in claims.Claims)
                    Claims.Add(claim, fact.Entry);
                break;
            case DetectionFact detection:
                detected[detection.Contradiction] = detection.Entry;
                break;
            case SettlementFact settlement:
                if (!settled.TryGetValue(settlement.Key, out List<SettlementFact>? group))
                    settled[settlement.Key] = group = new List<SettlementFact>(1);
                group.Add(settlement);
                break;
            case EscalationFact escalation:
                if (!escalated.TryGetValue(escalation.Key, out List<EscalationFact>? passed))
                    escalated[escalation.Key] = passed = new List<EscalationFact>(1);
                passed.Add(escalation);
                break;
            case ExecutedFact done:
                executed[done.Decision] = done;
                break;
        }
        long number = fact.Entry >> BlockBits;
        if (!blocks.TryGetValue(number, out Block? block))
            blocks[number] = block = new Block();
        block.Facts.Add(fact);
        block.Digest = null;
    }

    /// <summary>Forgets what stood in the payloads of some entries: from now on it counts for nobody.</summary>
    public void Remove(Predicate<long> erased)
    {
        foreach (long number in blocks.Keys.ToArray())
            Remove(number, fact => fact.IsErasedBy(erased));
    }

    /// <summary>Forgets a control event that is in force no more.</summary>
    public void Release(long entry) => Remove(entry >> BlockBits, fact => fact is ControlFact && fact.Entry == entry);

    /// <summary>The parts of the state that hold facts, with the numbers of their blocks, ascending.</summary>
    public IEnumerable<(long Block, StatePart Part)> Parts()
    {
        foreach ((long number, Block block) in blocks)
        {
            if (block.Digest is { } known)
            {
                yield return (number, new StatePart(known, () => FactPart.Write(number, block.Facts)));
                continue;
            }
            byte[] bytes = FactPart.Write(number, block.Facts);
            block.Digest = HashEngine.Sha256.Hash(bytes);
            yield return (number, new StatePart(block.Digest.Value, () => bytes));
        }
    }

    private void Remove(long number, Predicate<Fact> gone)
    {
        if (!blocks.TryGetValue(number, out Block? block))
            return;
        foreach (Fact fact in block.Facts.Where(fact => gone(fact)))
            Forget(fact);
        if (block.Facts.RemoveAll(gone) == 0)
            return;
        block.Digest = null;
        if (block.Facts.Count == 0)
            blocks.Remove(number);
    }

    private void Forget(Fact fact)
    {
        switch (fact)
        {
            case ClaimsFact claims:
                foreach (Claim claim in claims.Claims)
                    Claims.Remove(claim.ClaimId);
                break;
            case DetectionFact detection
                when detected.TryGetValue(detection.Contradiction, out long at) && at == fact.Entry:
                detected.Remove(detection.Contradiction);
                break;
            case SettlementFact settlement when settled.TryGetValue(settlement.Key, out List<SettlementFact>? group):
                group.Remove(settlement);
                if (group.Count == 0)
                    settled.Remove(settlement.Key);
                break;
            case EscalationFact escalation when escalated.TryGetValue(escalation.Key, out List<EscalationFact>? passed):
                passed.Remove(escalation);
                if (passed.Count == 0)
                    escalated.Remove(escalation.Key);
                break;
            case ExecutedFact done:
                executed.Remove(done.Decision);
                break;
        }
    }

    private sealed class Block
    {
        // By entry, ascending.
        public List<Fact> Facts { get; } = [];

        public Digest? Digest { get; set; }

        public Fact? Find(long entry)
        {
            (int from, int to) = (0, Facts.Count);
            while (from < to)
            {
                int middle = (from + to) / 2;
                if (Facts[middle].Entry < entry)
                    from = middle + 1;
                else
                    to = middle;
            }
            return from < Facts.Count && Facts[from].Entry == entry ? Facts[from] : null;
        }
    }
}

/// <summary>A block of facts as its part has it: lines of canonical JSON, of which the first says what they are.</summary>
internal static class FactPart
{
    private const string Form = "tessrax/facts/v1";

    public static byte[] Write(long block, IEnumerable<Fact> facts) =>
        JsonLines.Write([JsonValue.Object(("part", Form), ("block", block)), .. facts.Select(fact => fact.ToJson())]);

    /// <summary>The facts, ascending by entry, all of that block.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1014: not of that form.</exception>
    public static IEnumerable<Fact> Read(ReadOnlyMemory<byte> part, long block)
    {
        bool isFirst = true;
        long last = -1;
        foreach (JsonValue line in JsonLines.Read(part))
        {
            if (isFirst)
            {
                var head = new ObjectReader(line);
                head.OneOf("part", Form);
                if (head.Integer("block") != block)
                    throw head.Fault("block", $"is not {block}");
                head.End();
                isFirst = false;
                continue;
            }
            var fact = Fact.FromJson(line);
            if (fact.Entry >> FactBook.BlockBits != block || fact.Entry <= last)
                throw ErrorCodes.BadValue.Because($"entry {fact.Entry} is out of place in the facts of block {block}");
            last = fact.Entry;
            yield return fact;
        }
        if (isFirst)
            throw ErrorCodes.BadValue.Because($"the facts of block {block} are empty");
    }
}
