using System.Net;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>plumbing tile-check</c> on a log that another implementation wrote, on its mutants, on a ledger, and over HTTP.</summary>
public sealed class CliTileCheckTests : IDisposable
{
    private static readonly JsonValue Vector = JsonValue.Parse(
        File.ReadAllBytes(Spec.Path("vectors", "tlog", "static-log.json"))
    );

    private readonly Ctl ctl = new();
    private readonly string log;

    public CliTileCheckTests()
    {
        log = ctl.PathOf("log");
        JsonValue files = Vector["files"]!;
        foreach (string name in files.Names)
        {
            string path = FileOf(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Convert.FromBase64String(files[name]!.AsString()));
        }
    }

    private static string Key => Vector["vkey"]!.AsString();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void A_log_of_another_implementation_holds()
    {
        CtlResult result = ctl.Must("plumbing", "tile-check", log, "--key", Key);
        Assert.StartsWith(
            "holds: example.com/log/testdata, size 15, root sha256:aca6c38a",
            result.Text,
            StringComparison.Ordinal
        );
        JsonValue json = JsonValue.Parse(ctl.Must("plumbing", "tile-check", log, "--key", Key, "--json").Bytes);
        Assert.Equal(JsonValue.True, json["holds"]);
        Assert.Equal("15", json["size"]!.AsNumberText());
        Assert.Equal("0", json["count"]!.AsNumberText());
    }

    [Theory]
    [InlineData("checkpoint", "gone", "TSX5018", "0", "0")]
    [InlineData("checkpoint", "cut", "TSX5003", "0", "0")]
    [InlineData("checkpoint", "bit", "TSX5003", "0", "0")]
    [InlineData("tile/0/000.p/15", "gone", "TSX5018", "0", "15")]
    [InlineData("tile/0/000.p/15", "cut", "TSX5019", "0", "15")]
    [InlineData("tile/0/000.p/15", "bit", "TSX5019", "14", "15")]
    [InlineData("tile/entries/000.p/15", "gone", "TSX5018", "0", "15")]
    [InlineData("tile/entries/000.p/15", "cut", "TSX5020", "14", "15")]
    [InlineData("tile/entries/000.p/15", "bit", "TSX5020", "14", "15")]
    [InlineData("tile/entries/000.p/15", "more", "TSX5020", "0", "15")]
    public void Each_mutant_is_refuted_with_its_file_and_leaves(
        string name,
        string how,
        string code,
        string from,
        string to
    )
    {
        byte[] bytes = File.ReadAllBytes(FileOf(name));
        if (how == "gone")
            File.Delete(FileOf(name));
        else if (how == "cut")
            File.WriteAllBytes(FileOf(name), bytes[..^2]);
        else if (how == "more")
            File.WriteAllBytes(FileOf(name), [.. bytes, 0, 0]);
        else
            File.WriteAllBytes(FileOf(name), [.. bytes[..^3], (byte)(bytes[^3] ^ 1), .. bytes[^2..]]);
        CtlResult result = ctl.Run("plumbing", "tile-check", log, "--key", Key, "--json");
        Assert.Equal(1, result.ExitCode);
        JsonValue json = JsonValue.Parse(result.Bytes);
        Assert.Equal(JsonValue.False, json["holds"]);
        JsonValue finding = Assert.Single(json["findings"]!.Items.ToArray());
        Assert.Equal(
            (code, name, from, to),
            (
                finding["code"]!.AsString(),
                finding["path"]!.AsString(),
                finding["from"]!.AsNumberText(),
                finding["to"]!.AsNumberText()
            )
        );
        Assert.Equal(code, JsonValue.Parse(Encoding.UTF8.GetBytes(result.Error))["error"]!["code"]!.AsString());
    }

    [Fact]
    public void Tells_people_what_is_wrong_and_what_to_do()
    {
        File.Delete(FileOf("tile/entries/000.p/15"));
        CtlResult result = ctl.Run("plumbing", "tile-check", log, "--key", Key);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("TSX5018 tile/entries/000.p/15 [0, 15): tile/entries/000.p/15 is not there\n", result.Text);
        Assert.StartsWith(
            "error TSX5018: tile/entries/000.p/15 is not there: leaves [0, 15)\nhint: ",
            result.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Another_key_refutes_and_what_is_no_key_or_no_log_is_said_apart()
    {
        const string Other = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        Assert.Equal(1, ctl.Run("plumbing", "tile-check", log, "--key", Other).ExitCode);
        Assert.Equal(2, ctl.Run("plumbing", "tile-check", log, "--key", "no key").ExitCode);
        Assert.Equal(2, ctl.Run("plumbing", "tile-check", log).ExitCode);
        CtlResult none = ctl.Run("plumbing", "tile-check", ctl.PathOf("nowhere"), "--key", Key);
        Assert.Equal(3, none.ExitCode);
        Assert.StartsWith("error TSX3017: ", none.Error, StringComparison.Ordinal);
        CtlResult gone = ctl.Run("plumbing", "tile-check", "http://127.0.0.1:1/log", "--key", Key);
        Assert.Equal(5, gone.ExitCode);
        Assert.StartsWith("error TSX3016: ", gone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_is_checked_through_its_tiles()
    {
        using var home = new LedgerHome(new LedgerLayout(true, [])).WithClaims();
        CtlResult result = home.Ctl.Must("plumbing", "tile-check", "ledger", "--key", home.LogKey.ToString());
        Assert.Contains($"holds: {LedgerHome.Origin}, size 8", result.Text, StringComparison.Ordinal);
        string bundle = Path.Combine(home.Path, "tiles", "tile", "entries", "000.p", "8");
        byte[] bytes = File.ReadAllBytes(bundle);
        bytes[^10] ^= 1;
        File.WriteAllBytes(bundle, bytes);
        result = home.Ctl.Run("plumbing", "tile-check", "ledger", "--key", home.LogKey.ToString());
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("TSX5020 tile/entries/000.p/8 [7, 8)", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_is_checked_over_http()
    {
        using var server = new HttpListener();
        int port = 20000 + Random.Shared.Next(20000);
        server.Prefixes.Add($"http://127.0.0.1:{port}/log/");
        server.Start();
        var serving = Task.Run(() => Serve(server), TestContext.Current.CancellationToken);
        CtlResult result = ctl.Must("plumbing", "tile-check", $"http://127.0.0.1:{port}/log", "--key", Key);
        Assert.Contains("holds: ", result.Text, StringComparison.Ordinal);
        File.Delete(FileOf("tile/0/000.p/15"));
        result = ctl.Run("plumbing", "tile-check", $"http://127.0.0.1:{port}/log/", "--key", Key);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("TSX5018 tile/0/000.p/15 [0, 15)", result.Text, StringComparison.Ordinal);
        server.Stop();
        await serving.WaitAsync(TestContext.Current.CancellationToken);
    }

    private void Serve(HttpListener server)
    {
        while (true)
        {
            try
            {
                HttpListenerContext request = server.GetContext();
                string file = FileOf(request.Request.Url!.AbsolutePath["/log/".Length..]);
                request.Response.StatusCode = File.Exists(file) ? 200 : 404;
                request.Response.Close(File.Exists(file) ? File.ReadAllBytes(file) : [], willBlock: true);
            }
            catch (Exception e)
                when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private string FileOf(string name) => Path.Combine([log, .. name.Split('/')]);
}
