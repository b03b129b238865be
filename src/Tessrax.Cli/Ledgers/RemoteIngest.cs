using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Ledgers;

/// <summary>Sends claims to a server, as many at a time as it takes. Run again after a failure, it goes on: what is on record is skipped.</summary>
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

    /// <summary>Sends all of them, and says what followed.</summary>
    public void Run(IReadOnlyList<ClaimFile> files)
    {
        JsonValue last = JsonValue.EmptyObject;
        long sent = 0;
        using ProgressBar bar = context.Progress("sending claims", files.Sum(file => (long)file.Lines.Count));
        foreach ((byte[] lines, int count) in Parts(files.SelectMany(file => file.Lines)))
        {
            last = RemoteLedger.Await(there.Client.IngestAsync(lines, context.Cancellation)).Value;
            foreach (string name in Counts)
                sums[name] += new ObjectReader(last).Integer(name);
            sent += count;
            bar.Report(sent);
        }
        Report(last);
    }

    private static IEnumerable<(byte[] Lines, int Count)> Parts(IEnumerable<ClaimLine> claims)
    {
        using var part = new MemoryStream();
        int count = 0;
        foreach (ClaimLine line in claims)
        {
            byte[] bytes = line.Claim.ToJson().ToCanonicalBytes();
            if (count == MostClaims || (count > 0 && part.Length + bytes.Length + 1 > MostBytes))
            {
                yield return (part.ToArray(), count);
                part.SetLength(0);
                count = 0;
            }
            part.Write(bytes);
            part.WriteByte((byte)'\n');
            count++;
        }
        if (count > 0)
            yield return (part.ToArray(), count);
    }

    private void Report(JsonValue last)
    {
        context.WriteJson(() =>
            JsonValue.Object([
                .. Counts.Select(name => (name, (JsonValue?)sums[name])),
                ("pending", last["pending"]),
                ("size", last["size"]),
                ("root", last["root"]),
            ])
        );
        string known = sums["known"] > 0 ? $" ({sums["known"]} were on record already)" : "";
        context.Line($"{Counted.Of(sums["claims"], "claim")} recorded{known}");
        context.Line(Tone.Strong, Counted.Of(sums["contradictions"], "contradiction"));
        context.Line($"{sums["decisions"]} decided by the policy, {sums["proposed"]} put up for approval");
        if (last["size"] is { } size)
            context.Line($"size {size}, root {last["root"]!.AsString()}");
    }
}
