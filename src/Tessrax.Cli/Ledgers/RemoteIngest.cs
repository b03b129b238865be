using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Ledgers;

/// <summary>Sends claims to a server, as many at a time as it takes. Run again after a failure, it goes on: what is on record is skipped. That claims are recorded is verified by the
/// entries that hold them; what followed is the server's word.</summary>
internal sealed class RemoteIngest(CliContext context, RemoteLedger there)
{
    // What a server takes in one request, with room to spare.
    private const int MostClaims = 10_000;
    private const int MostBytes = 7 << 20;

    private static readonly string[] Counts =
    [
        "claims",
        "known",
        "subjects",
        "contradictions",
        "decisions",
        "proposed",
    ];

    private readonly Dictionary<string, long> sums = Counts.ToDictionary(name => name, _ => 0L);

    private Ingested? last;

    /// <summary>Whether what the server says that it recorded was seen in the ledger; not where witnesses have not cosigned it yet.</summary>
    public bool IsSeen { get; private set; } = true;

    /// <summary>How many claims were recorded, as the server says; those on record before are not among them.</summary>
    public long Recorded => sums["claims"];

    /// <summary>Whether claims are few and short enough for one request, of which all are recorded or none.</summary>
    public static bool IsOnePart(ClaimFile file) => Parts(file.Lines).Take(2).Count() < 2;

    /// <summary>Sends all of them, and says what followed.</summary>
    /// <exception cref="TessraxException">As <see cref="Send"/>.</exception>
    public void Run(IReadOnlyList<ClaimFile> files)
    {
        Send(files);
        Report();
    }

    /// <summary>Sends all of them.</summary>
    /// <exception cref="TessraxException">TSX6040: what the server says that it recorded is not in the ledger; the server's own.</exception>
    public void Send(IReadOnlyList<ClaimFile> files)
    {
        long sent = 0;
        using ProgressBar bar = context.Progress("sending claims", files.Sum(file => (long)file.Lines.Count));
        foreach ((byte[] lines, Digest[] claims) in Parts(files.SelectMany(file => file.Lines)))
        {
            long before = (last?.In ?? there.Checkpoint()).Head.Size;
            last = Ingest(lines);
            foreach (string name in Counts)
                sums[name] += last.Told.Read(told => told.Integer(name));
            if (last.IsCovered)
                RequireRecorded(last, before, [.. claims]);
            IsSeen &= last.IsCovered;
            sent += claims.Length;
            bar.Report(sent);
        }
    }

    // What stops in the middle is told with what is on record by then.
    private Ingested Ingest(byte[] lines)
    {
        try
        {
            return RemoteLedger.Await(there.Client.IngestAsync(lines, context.Cancellation));
        }
        catch (Exception)
        {
            if (last is not null)
                context.Notice(
                    $"{Counted.Of(sums["claims"], "claim")} recorded before this; the same command goes on where it stopped"
                );
            throw;
        }
    }

    /// <summary>What was sent and what followed, for programs.</summary>
    public JsonValue ToJson()
    {
        // Read whoever is told it, so that a malformed answer is one for all.
        long? pending = last?.Told.Read(told => told.Integer("pending"));
        return JsonValue.Object([
            .. Counts.Select(name => (name, (JsonValue?)sums[name])),
            ("pending", pending),
            ("size", last?.In.Head.Size),
            ("root", Root is { } root ? JsonValue.String(root) : null),
        ]);
    }

    private string? Root => last?.In.Hasher.Text(last.In.Head.Root);

    // As many as the server says that it has recorded just now must stand in entries that are new.
    private void RequireRecorded(Ingested done, long before, HashSet<Digest> sent)
    {
        long told = done.Told.Read(reader => reader.Integer("claims"));
        IEnumerable<Receipt> entries =
            told == 0 ? [] : there.Oldest(before, done.In.Head.Size, [Events.ClaimsRecorded]);
        long found = 0;
        foreach (Receipt entry in entries)
        {
            // One that was erased since shows nothing.
            if (entry.Payload is { } payload)
                found += ((ClaimsRecorded)EventPayloads.Read(Events.ClaimsRecorded, payload.Root)).Claims.LongCount(
                    claim => sent.Remove(claim.Digest)
                );
        }
        if (found < told)
            throw ErrorCodes.AnswerBroken.Because(
                $"the server says that it has recorded {told} claims, and {found} of them are in the ledger"
            );
    }

    private static IEnumerable<(byte[] Lines, Digest[] Claims)> Parts(IEnumerable<ClaimLine> claims)
    {
        using var part = new MemoryStream();
        var digests = new List<Digest>();
        foreach (ClaimLine line in claims)
        {
            byte[] bytes = line.Claim.ToJson().ToCanonicalBytes();
            if (digests.Count == MostClaims || (digests.Count > 0 && part.Length + bytes.Length + 1 > MostBytes))
            {
                yield return (part.ToArray(), [.. digests]);
                part.SetLength(0);
                digests.Clear();
            }
            part.Write(bytes);
            part.WriteByte((byte)'\n');
            digests.Add(line.Claim.Digest);
        }
        if (digests.Count > 0)
            yield return (part.ToArray(), [.. digests]);
    }

    private void Report()
    {
        JsonValue told = ToJson();
        context.WriteJson(told);
        Tell();
        if (last is not null)
            context.Line($"size {last.In.Head.Size}, root {Root}");
    }

    /// <summary>Tells people what followed.</summary>
    public void Tell()
    {
        string known = sums["known"] > 0 ? $" ({sums["known"]} were on record already, the server says)" : "";
        context.Line($"{Counted.Of(sums["claims"], "claim")} recorded{(IsSeen ? "" : ", the server says")}{known}");
        context.Line(Tone.Strong, $"the server says: {Counted.Of(sums["contradictions"], "contradiction")}");
        context.Line(
            $"the server says: {sums["decisions"]} decided by the policy, {sums["proposed"]} put up for approval"
        );
    }
}
