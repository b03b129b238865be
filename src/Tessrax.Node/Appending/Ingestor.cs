using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>What an ingest did.</summary>
/// <param name="Claims">Claims newly recorded.</param>
/// <param name="Known">Claims that were on record already.</param>
/// <param name="Subjects">Subjects that the newly recorded claims speak of.</param>
/// <param name="Contradictions">Contradictions newly detected, by severity.</param>
/// <param name="Decisions">Decisions recorded by the policy alone.</param>
/// <param name="Proposed">Decisions that were put up for approval.</param>
/// <param name="Pending">Proposals that wait now, earlier ones included.</param>
public sealed record IngestResult(
    long Claims,
    long Known,
    long Subjects,
    IReadOnlyDictionary<Severity, long> Contradictions,
    long Decisions,
    long Proposed,
    long Pending
)
{
    /// <summary>What two ingests did, the other one after this one.</summary>
    internal IngestResult Then(IngestResult other) =>
        new(
            Claims + other.Claims,
            Known + other.Known,
            Subjects + other.Subjects,
            Contradictions
                .Concat(other.Contradictions)
                .GroupBy(found => found.Key)
                .ToDictionary(found => found.Key, found => found.Sum(one => one.Value)),
            Decisions + other.Decisions,
            Proposed + other.Proposed,
            other.Pending
        );
}

/// <summary>Claims in, receipts out: records claims, detects contradictions, decides or proposes.</summary>
/// <remarks>A subject's claims and what follows from them stand side by side in the log. An ingest that was cut off is completed by doing it again:
/// claims on record are skipped, and whatever was left undecided is decided.</remarks>
public sealed class Ingestor(LedgerWriter writer)
{
    private const int SubjectsPerAppend = 128;
    private const int MaxPayload = 256 * 1024;

    private readonly ProposalDesk desk = new(writer);
    private SortedDictionary<Severity, long> contradictions = [];
    private long recorded;
    private long decisions;
    private long proposed;

    /// <summary>Whether the claims of up to 256 entries are signed together, by a seal, and not those of each entry alone. What is decided of them is signed as ever.</summary>
    public bool Seals { get; init; }

    /// <summary>Whether what an earlier ingest left undecided, because it was cut off, is decided as well. It takes a look at every group whose claims disagree,
    /// so that whoever ingests again and again through one writer need not do it but once.</summary>
    public bool SettlesAll { get; init; } = true;

    /// <summary>Told of each entry that was recorded, in order; null if nobody asks.</summary>
    public Action<Receipt>? Recorded { get; init; }

    /// <summary>Says whether claims could be ingested now. Nothing is written.</summary>
    /// <exception cref="TessraxException">As <see cref="Ingest"/>.</exception>
    public void Require(IReadOnlyList<ClaimFile> files) => Fresh(files, out _);

    /// <summary>Ingests files that were read and checked before.</summary>
    /// <param name="files">The claims.</param>
    /// <param name="progress">Told how many claims are recorded so far.</param>
    /// <exception cref="TessraxException">TSX4054: a claim belongs to another shard; TSX1013: a claim id stands for two different claims; TSX1006: so many or so large claims speak of one
    /// thing that their contradiction could not be recorded. Nothing is written.</exception>
    public IngestResult Ingest(IReadOnlyList<ClaimFile> files, IProgress<long>? progress = null)
    {
        (recorded, decisions, proposed, contradictions) = (0, 0, 0, []);
        Dictionary<string, List<Claim>> bySubject = Fresh(files, out long known);
        desk.TakeDue();
        IEnumerable<string> subjects = bySubject.Keys.Order(StringComparer.Ordinal);
        foreach (string[] chunk in subjects.Chunk(Seals ? SealedBatch.UsualSize : SubjectsPerAppend))
        {
            Count(writer.Append(DraftsFor([.. chunk.Select(subject => bySubject[subject])])));
            progress?.Report(recorded);
        }
        // Whatever a cut-off ingest left undecided; nothing, as a rule.
        if (SettlesAll)
            Count(desk.SettleAll());
        return new IngestResult(
            recorded,
            known,
            bySubject.Count,
            contradictions,
            decisions,
            proposed,
            writer.Fold.Proposals.Count
        );
    }

    private Dictionary<string, List<Claim>> Fresh(IReadOnlyList<ClaimFile> files, out long known)
    {
        Dictionary<string, List<Claim>> bySubject = NewClaims(files, out known);
        foreach (List<Claim> claims in bySubject.Values)
            RefuseOversized(claims);
        return bySubject;
    }

    private Dictionary<string, List<Claim>> NewClaims(IReadOnlyList<ClaimFile> files, out long known)
    {
        var fresh = new Dictionary<string, Claim>(StringComparer.Ordinal);
        var bySubject = new Dictionary<string, List<Claim>>(StringComparer.Ordinal);
        known = 0;
        UtcTime now = writer.Now();
        Shard? shard = writer.Fold.Genesis?.Shard;
        foreach (ClaimFile file in files)
        {
            foreach (ClaimLine line in file.Lines)
            {
                Claim claim = line.Claim;
                shard?.Require(claim.Subject, $"{file.Name} line {line.Number}");
                if (claim.Timestamp > now + ClaimsRecorded.MaxAhead)
                    throw ErrorCodes.FromTheFuture.Because(
                        $"{file.Name} line {line.Number}: the timestamp {claim.Timestamp} lies more than a day ahead of {now}"
                    );
                Claim? earlier = writer.Fold.Claims.Find(claim.ClaimId) ?? fresh.GetValueOrDefault(claim.ClaimId);
                if (earlier is not null && earlier.Digest != claim.Digest)
                    throw ErrorCodes.ClaimIdReused.Because(
                        $"{file.Name} line {line.Number}: the claim_id '{claim.ClaimId}' stands for another claim already"
                    );
                if (earlier is not null)
                {
                    known++;
                    continue;
                }
                fresh.Add(claim.ClaimId, claim);
                if (!bySubject.TryGetValue(claim.Subject, out List<Claim>? group))
                    bySubject[claim.Subject] = group = [];
                group.Add(claim);
            }
        }
        return bySubject;
    }

    // Once such claims were recorded, every later ingest would fail at what follows from them.
    private void RefuseOversized(List<Claim> claims)
    {
        ClaimBook book = writer.Fold.Claims;
        foreach (IGrouping<GroupKey, Claim> fresh in claims.GroupBy(book.KeyOf))
        {
            if (book.MostBytes(fresh.Key) + fresh.Sum(Contradiction.MostBytes) <= Receipt.MaxPayloadBytes)
                continue;
            List<Claim> group = [.. book.Claims(fresh.Key), .. fresh];
            Contradiction? found = ContradictionDetector.Detect(book.Rules.For(fresh.Key.Metric), fresh.Key, group);
            int bytes = found?.ToJson().ToCanonicalBytes().Length ?? 0;
            if (bytes > Receipt.MaxPayloadBytes)
                throw ErrorCodes.TooLarge.Because(
                    $"the {group.Count} claims about {ShortName(fresh.Key)} contradict each other in {bytes} bytes; at most {Receipt.MaxPayloadBytes} can be recorded",
                    "split the subject or the metric, or give long values as evidence by digest"
                );
        }
    }

    private static string ShortName(GroupKey key)
    {
        string name = key.ToString();
        return name.Length <= 100 ? name : name[..100] + "…";
    }

    private IEnumerable<Draft> DraftsFor(List<Claim>[] subjects)
    {
        Draft[][] drafts = [.. subjects.Select(DraftsOf)];
        if (Seals)
        {
            var isSealed = new Queue<Draft>(writer.Seal([.. drafts.SelectMany(static own => own)]));
            drafts = [.. drafts.Select(own => own.Select(_ => isSealed.Dequeue()).ToArray())];
        }
        return subjects.Zip(drafts, DraftsFor).SelectMany(static all => all);
    }

    private static Draft[] DraftsOf(List<Claim> claims)
    {
        claims.Sort(static (a, b) => string.CompareOrdinal(a.ClaimId, b.ClaimId));
        return
        [
            .. Payloads(claims)
                .Select(batch => new Draft
                {
                    Event = Events.ClaimsRecorded,
                    Payload = FrozenPayload.From(batch.ToJson()),
                }),
        ];
    }

    // Lazy on purpose: what follows from claims is worked out after the writer has folded them in.
    private IEnumerable<Draft> DraftsFor(List<Claim> claims, Draft[] recording)
    {
        foreach (Draft draft in recording)
            yield return draft;
        foreach (GroupKey key in claims.Select(writer.Fold.Claims.KeyOf).Distinct().Order())
        {
            foreach (Draft draft in desk.Settle(key))
                yield return draft;
        }
    }

    // One subject's claims share a payload, so that a bundle about it carries no other's.
    private static IEnumerable<ClaimsRecorded> Payloads(List<Claim> claims)
    {
        var part = new List<Claim>();
        int bytes = 0;
        foreach (Claim claim in claims)
        {
            int length = claim.ToJson().ToCanonicalBytes().Length;
            if (part.Count == ClaimsRecorded.MaxClaims || (part.Count > 0 && bytes + length > MaxPayload))
            {
                yield return new ClaimsRecorded(part);
                part = [];
                bytes = 0;
            }
            part.Add(claim);
            bytes += length;
        }
        yield return new ClaimsRecorded(part);
    }

    private void Count(IReadOnlyList<Receipt> receipts)
    {
        foreach (Receipt receipt in receipts)
        {
            Recorded?.Invoke(receipt);
            JsonValue payload = receipt.Payload!.Root;
            switch (receipt.Entry.Body.Event)
            {
                case Events.ClaimsRecorded:
                    recorded += payload["claims"]!.Items.Length;
                    break;
                case Events.ContradictionDetected:
                    Severity severity = Contradiction.FromJson(payload).Severity;
                    contradictions[severity] = contradictions.GetValueOrDefault(severity) + 1;
                    break;
                case Events.DecisionRecorded:
                    decisions++;
                    break;
                case Events.DecisionProposed:
                    proposed++;
                    break;
            }
        }
    }
}
