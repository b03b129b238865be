using System.Text;
using Tessrax.Canonical;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>A bundle held against the log as it is served: the verifier of browsers reads checkpoint and tiles itself and believes none of them.</summary>
public sealed class BrowserFollowTests : IDisposable
{
    private const long Subject = 3;

    private readonly LedgerHome home = new LedgerHome().WithClaims();
    private readonly Dictionary<string, ITileSource> logs = new(StringComparer.Ordinal);
    private readonly List<IDisposable> open = [];

    public BrowserFollowTests() => NodeVerifier.MustBeThere();

    public void Dispose()
    {
        open.ForEach(view => view.Dispose());
        home.Dispose();
    }

    [Fact]
    public void A_log_that_goes_on_holds_and_every_other_does_not()
    {
        byte[] bundle;
        long size;
        using (LedgerView view = home.View())
        {
            bundle = BundleMaker.Make(view, Subject).ToBytes();
            size = view.Size;
        }
        using var before = new LedgerHome(home);
        using var founded = new LedgerHome();
        using LedgerHome other = new LedgerHome().WithClaims();
        Grow();
        var grown = new LedgerTiles(View(home));
        (string Log, ITileSource Source, bool? Holds, ErrorCode? Code)[] cases =
        [
            ("same", new LedgerTiles(View(before)), true, null),
            ("grown", grown, true, null),
            // The same keys signed it, as a log does that shows another history.
            ("forked", new LedgerTiles(View(other)), false, ErrorCodes.Inconsistent),
            ("shrunk", new LedgerTiles(View(founded)), false, ErrorCodes.Inconsistent),
            ("bent", new Changed(grown) { Tile = bytes => bytes[5] ^= 1 }, false, ErrorCodes.TileBroken),
            ("long", new Changed(grown) { Longer = true }, false, ErrorCodes.TileBroken),
            (
                "forged",
                new Changed(grown) { Checkpoint = bytes => bytes[^10] ^= 1 },
                false,
                ErrorCodes.CheckpointRefused
            ),
            ("without", new Changed(grown) { HasTiles = false }, false, ErrorCodes.TileMissing),
            ("silent", new Changed(grown) { HasCheckpoint = false }, false, ErrorCodes.TileMissing),
        ];
        foreach ((string log, ITileSource source, _, _) in cases)
            logs[log] = source;
        // Witnesses have not seen the newest yet: an older checkpoint is served, with the tiles of the tree of now, or of no such tree.
        byte[] newest = BundleMaker.Make(View(home), Subject).ToBytes();
        var old = new LedgerTiles(View(before));
        logs["lagging"] = new Older(old, grown);
        logs["strayed"] = new Older(new LedgerTiles(View(other)), grown);
        logs["fallen"] = old;
        using var server = new WebServer(Read);
        byte[] trust = home.Trust.ToJson();
        string[] answers = NodeVerifier.Ask([
            .. cases.Select(c => NodeVerifier.Question("follow", bundle, trust, Address(server, c.Log))),
            .. new[] { "lagging", "strayed", "fallen" }.Select(log =>
                NodeVerifier.Question("follow", newest, trust, Address(server, log))
            ),
            // Nobody listens at port 1, and what does not hold is not compared.
            NodeVerifier.Question("follow", bundle, trust, "http://127.0.0.1:1/"u8.ToArray()),
            NodeVerifier.Question("follow", [.. bundle, 0], trust, Address(server, "same")),
            NodeVerifier.Question("follow", bundle, [], Address(server, "same")),
        ]);
        for (int i = 0; i < cases.Length; i++)
            MustSay(answers[i], cases[i].Log, cases[i].Holds, cases[i].Code);
        MustSay(answers[^6], "lagging", true, null);
        MustSay(answers[^5], "strayed", false, ErrorCodes.Inconsistent);
        MustSay(answers[^4], "fallen", false, ErrorCodes.Inconsistent);
        MustSay(answers[^3], "nobody", null, ErrorCodes.CannotFetch);
        MustSay(answers[^2], "damaged", null, ErrorCodes.NoTrust);
        MustSay(answers[^1], "untrusted", null, ErrorCodes.NoTrust);
        Assert.True(View(home).Size > size);
        Assert.Contains(server.Asked, path => path.StartsWith("/grown/tile/0/", StringComparison.Ordinal));
    }

    private void Grow()
    {
        string file = home.Ctl.Write("more.jsonl", LedgerHome.Claim("d1", "CVE-4", "3.1", "pypa"));
        using LedgerWriter writer = home.Open();
        using Stream input = File.OpenRead(file);
        new Ingestor(writer).Ingest([ClaimFile.Read(file, input)]);
    }

    private LedgerView View(LedgerHome of)
    {
        LedgerView view = of.View();
        open.Add(view);
        return view;
    }

    private static byte[] Address(WebServer server, string log) => Encoding.UTF8.GetBytes($"{server.Address}{log}/");

    private async ValueTask<byte[]?> Read(string path)
    {
        string[] parts = path.Split('/', 3);
        ITileSource log = logs[parts[1]];
        ReadOnlyMemory<byte>? bytes =
            parts[2] == "checkpoint" ? await log.ReadCheckpointAsync(default).ConfigureAwait(false)
            : TileId.TryParse(parts[2], out TileId tile) ? await log.ReadAsync(tile, default).ConfigureAwait(false)
            : null;
        return bytes?.ToArray();
    }

    private static void MustSay(string answer, string log, bool? holds, ErrorCode? code)
    {
        JsonValue stage = JsonValue.Parse(Encoding.UTF8.GetBytes(answer));
        Assert.Equal("log", stage["name"]!.AsString());
        JsonKind expected = holds switch
        {
            true => JsonKind.True,
            false => JsonKind.False,
            null => JsonKind.Null,
        };
        Assert.True(stage["holds"]!.Kind == expected, $"{log}: {answer}");
        string? said = stage["findings"]!.Items is [var finding, ..] ? finding["code"]!.AsString() : null;
        Assert.True(said == code?.ToString(), $"{log}: {answer}");
    }

    /// <summary>A log whose checkpoint is older than its tiles.</summary>
    private sealed class Older(ITileSource checkpoint, ITileSource tiles) : ITileSource
    {
        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel) =>
            tiles.ReadAsync(tile, cancel);

        public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
            checkpoint.ReadCheckpointAsync(cancel);
    }

    /// <summary>A log that lies.</summary>
    private sealed class Changed(ITileSource log) : ITileSource
    {
        public Action<byte[]>? Tile { get; init; }

        public Action<byte[]>? Checkpoint { get; init; }

        public bool Longer { get; init; }

        public bool HasTiles { get; init; } = true;

        public bool HasCheckpoint { get; init; } = true;

        public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
        {
            if (!HasTiles)
                return null;
            byte[] bytes = (await log.ReadAsync(tile, cancel).ConfigureAwait(false))!.Value.ToArray();
            Tile?.Invoke(bytes);
            return Longer ? new byte[1_000_000] : bytes;
        }

        public async ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel)
        {
            if (!HasCheckpoint)
                return null;
            byte[] bytes = (await log.ReadCheckpointAsync(cancel).ConfigureAwait(false))!.Value.ToArray();
            Checkpoint?.Invoke(bytes);
            return bytes;
        }
    }
}
