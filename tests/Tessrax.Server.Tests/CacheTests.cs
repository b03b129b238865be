using System.Security.Cryptography;
using Tessrax.Client;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The client's cache spares requests, and never changes a result: whatever lies in its folder.</summary>
public sealed class CacheTests(CacheTests.Served served) : IClassFixture<CacheTests.Served>, IDisposable
{
    private const string Tile = "tile-0-000";
    private readonly TestServer server = served.Server;
    private readonly string root = Directory.CreateTempSubdirectory("tessrax-cache-").FullName;

    public sealed class Served : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var home = new TestLedger();
            using (LedgerWriter writer = home.Open())
                writer.Append([.. Enumerable.Range(0, 600).Select(i => TestLedger.Own($"number {i}"))]);
            Server = await TestServer.Start(home);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private string Folder => Path.Combine(root, server.Home.Id.ToHex());

    public void Dispose()
    {
        if (Directory.Exists(Folder))
            FileModes.Set(Folder, FileModes.Own | UnixFileMode.UserExecute);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task What_one_client_fetched_another_one_finds()
    {
        Assert.Contains("GET /tile/0/000", await Look());
        Assert.True(File.Exists(Path.Combine(Folder, Tile)));
        Assert.DoesNotContain("GET /tile/0/000", await Look());
    }

    public static TheoryData<string> Damages =>
        ["flipped", "consistent", "truncated", "empty", "huge", "folder", "link", "readable by others"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Whatever_lies_in_the_folder_changes_no_result(string damage)
    {
        await Look();
        string path = Path.Combine(Folder, Tile);
        byte[] kept = File.ReadAllBytes(path);
        Damage(damage, path, kept);
        List<string> asked = await Look();
        if (damage == "readable by others")
            return;
        Assert.Contains("GET /tile/0/000", asked);
        // What was wrong is replaced, where it can be.
        if (damage is not "folder")
            Assert.Equal(kept, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData("read only")]
    [InlineData("others may write")]
    [InlineData("a file")]
    [InlineData("nowhere")]
    public async Task A_folder_that_cannot_be_used_is_done_without(string how)
    {
        switch (how)
        {
            case "a file":
                File.WriteAllText(Folder, "");
                break;
            case "nowhere":
                File.WriteAllText(Path.Combine(root, "file"), "");
                await Look(Path.Combine(root, "file", "below"));
                return;
            default:
                Directory.CreateDirectory(Folder);
                FileModes.Set(
                    Folder,
                    how == "read only"
                        ? UnixFileMode.UserRead | UnixFileMode.UserExecute
                        : UnixFileMode.UserRead
                            | UnixFileMode.UserWrite
                            | UnixFileMode.UserExecute
                            | UnixFileMode.OtherWrite
                );
                break;
        }
        await Look();
        if (how == "others may write")
            Assert.Empty(Directory.GetFiles(Folder));
        if (how == "a file")
            File.Delete(Folder);
    }

    [Fact]
    public async Task Many_clients_share_a_folder()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Look()));
        Assert.DoesNotContain(Directory.GetFiles(Folder), file => file.Contains(".tmp-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_folder_and_the_memory_are_bounded()
    {
        await Look();
        string[] more = [.. Enumerable.Range(0, 40).Select(i => Path.Combine(Folder, $"tile-0-x{i:D3}"))];
        foreach (string file in more)
            File.WriteAllBytes(file, new byte[8192]);
        const long Bound = 64 * 1024;
        await Look(change: options => options with { DiskBytes = Bound, MemoryBytes = 16 * 1024 });
        Assert.InRange(new DirectoryInfo(Folder).GetFiles().Sum(file => file.Length), 0, Bound);
    }

    [Fact]
    public async Task A_server_that_lied_once_does_not_stay_in_the_cache()
    {
        (LedgerClient client, Between between) = Between.Connect(server, Kept);
        using LedgerClient one = client;
        between.Lie = (path, bytes) => path == "/tile/0/000" ? new byte[bytes.Length] : null;
        Assert.Equal(
            "TSX6040",
            await ClientTests.CodeOf(() => client.ReceiptsAsync(new ReceiptWish { Before = 9 }).AsTask())
        );
        between.Lie = null;
        Assert.Equal(9, (await client.ReceiptsAsync(new ReceiptWish { Before = 9 })).Receipts.Count);
    }

    private static void Damage(string how, string path, byte[] kept)
    {
        switch (how)
        {
            case "flipped":
                kept = [.. kept];
                kept[^1] ^= 1;
                File.WriteAllBytes(path, kept);
                break;
            case "consistent":
                // Whoever may write there can make the checksum, too.
                byte[] other = [.. kept[32..]];
                other[^1] ^= 1;
                File.WriteAllBytes(path, [.. SHA256.HashData(other), .. other]);
                break;
            case "truncated":
                File.WriteAllBytes(path, kept[..^7]);
                break;
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            case "huge":
                File.WriteAllBytes(path, new byte[4 << 20]);
                break;
            case "folder":
                File.Delete(path);
                Directory.CreateDirectory(path);
                break;
            case "link":
                File.Delete(path);
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                FileModes.Set(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                break;
        }
    }

    private ClientOptions Kept(ClientOptions options) => options with { CacheDirectory = root };

    // Reads by tiles, and gives what it asked for.
    private async Task<List<string>> Look(string? folder = null, Func<ClientOptions, ClientOptions>? change = null)
    {
        (LedgerClient client, Between between) = Between.Connect(
            server,
            options => (change?.Invoke(options) ?? options) with { CacheDirectory = folder ?? root }
        );
        using LedgerClient one = client;
        ReceiptPage page = await client.ReceiptsAsync(new ReceiptWish { Before = 12, Limit = 5 });
        Assert.Equal([11, 10, 9, 8, 7], page.Receipts.Select(receipt => receipt.Receipt.Entry.Index));
        Assert.Equal("number 10", page.Receipts[0].Receipt.Payload!.Root["data"]!["text"]!.AsString());
        return between.Asked;
    }
}
