using System.Net;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Node.Recovery;
using Tessrax.Node.Tests;
using Tessrax.Server.Api;
using Tessrax.Server.Tests.Attack;
using static Tessrax.Server.Tests.AppendTests;

namespace Tessrax.Server.Tests;

/// <summary>Files over HTTP: kept with a receipt or not at all, and given only as the digest names them.</summary>
public sealed class EvidenceTests : IAsyncLifetime
{
    private const string Path = "/v1/evidence";
    private const string Named = $"{Path}?name=report.pdf";

    // More than Kestrel holds, and not a multiple of what is read at once.
    private static readonly byte[] Report = Bytes(1_234_567);

    private Clients clients = null!;

    public async ValueTask InitializeAsync() => clients = await Clients.Start();

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    private string Folder => System.IO.Path.Combine(clients.Server.Home.DirectoryPath, "evidence");

    [Fact]
    public async Task What_is_acknowledged_is_kept_and_receipted_and_is_given_again()
    {
        Told told = await Add(clients.Submitter, Report);
        Assert.Equal(201, told.Status);
        Digest digest = HashEngine.Sha256.Hash(Report);
        var added = new EvidenceAdded(digest, Report.Length, "report.pdf");
        Assert.Equal(added.ToJson(), told["evidence"]);
        Told receipt = await clients.Reader.Get(told.Headers.Location!.ToString());
        Assert.Equal(added.ToJson(), receipt["payload"]);
        Assert.Equal(receipt["leaf_hash"], told["leaf_hash"]);
        using HttpResponseMessage given = await Fetch(digest);
        Assert.Equal(Report, await given.Content.ReadAsByteArrayAsync());
        Assert.Equal("attachment", given.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", Assert.Single(given.Headers.GetValues("X-Content-Type-Options")));
        await clients.Server.Running.StopAsync();
        Verification.Verdict verdict = clients.Server.Home.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(1, verdict.Stages.Single(stage => stage.Name == "evidence").Checked);
    }

    [Fact]
    public async Task The_same_request_is_receipted_once_and_another_under_its_key_leaves_nothing()
    {
        Told first = await Add(clients.Submitter, Report, key: "one");
        Told again = await Add(clients.Submitter, Report, key: "one");
        Assert.Equal((200, first.Number("index")), (again.Status, again.Number("index")));
        Assert.Equal(JsonValue.True, again["repeat"]);
        long size = clients.Size;
        Assert.Equal((409, "TSX4004"), Brief(await Add(clients.Submitter, Bytes(10), key: "one")));
        Assert.Equal(size, clients.Size);
        Assert.Equal([HashEngine.Sha256.Hash(Report).ToHex()], Kept());
        // Of the same bytes under another name, what was kept before stays.
        Assert.Equal(
            (409, "TSX4004"),
            Brief(await clients.Submitter.Post($"{Path}?name=other", Report, "one", EvidenceRoutes.BytesType))
        );
        Assert.Equal([HashEngine.Sha256.Hash(Report).ToHex()], Kept());
        // Without a key each is receipted.
        Assert.Equal(201, (await Add(clients.Submitter, Report)).Status);
        Assert.Equal(size + 1, clients.Size);
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        Told told = await Add(clients.Submitter, []);
        Assert.Equal(201, told.Status);
        using HttpResponseMessage given = await Fetch(HashEngine.Sha256.Hash([]));
        Assert.Empty(await given.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("", EvidenceRoutes.BytesType, 400, "TSX6005")]
    [InlineData("?name=", EvidenceRoutes.BytesType, 400, "TSX1009")]
    [InlineData("?name=a%5Cb", EvidenceRoutes.BytesType, 400, "TSX1009")]
    [InlineData("?name=a%0Ab", EvidenceRoutes.BytesType, 400, "TSX1009")]
    [InlineData("?name=a&name=b", EvidenceRoutes.BytesType, 400, "TSX6005")]
    [InlineData("?name=a", "application/json", 415, "TSX6009")]
    public async Task What_is_malformed_is_refused_and_nothing_is_kept(
        string query,
        string type,
        int status,
        string code
    )
    {
        long size = clients.Size;
        Told told = await clients.Submitter.Post($"{Path}{query}", Report, null, type);
        Assert.Equal((status, code), Brief(told));
        Assert.Equal(size, clients.Size);
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task Other_bytes_than_those_that_were_signed_are_refused_and_nothing_is_kept()
    {
        using HttpRequestMessage signed = clients.Submitter.Request("POST", Named, Report, EvidenceRoutes.BytesType);
        byte[] other = [.. Report];
        other[^1] ^= 1;
        signed.Content = new ByteArrayContent(other);
        signed.Content.Headers.ContentType = new(EvidenceRoutes.BytesType);
        using HttpResponseMessage answer = await clients.Server.Http.SendAsync(signed);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("TSX6014", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // By a session, too.
        SessionSigner session = await SessionSigner.Open(clients.Server, await AccessSigner.For(clients.Server, 81));
        using HttpRequestMessage second = AccessSigner.Request(
            "POST",
            Named,
            other,
            session.Header("POST", Named, Report),
            EvidenceRoutes.BytesType
        );
        using HttpResponseMessage refused = await clients.Server.Http.SendAsync(second);
        Assert.Contains("TSX6016", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(Kept());
        Assert.Equal(1, clients.Size);
    }

    [Fact]
    public async Task Whoever_may_not_is_refused_before_the_file_is_sent()
    {
        foreach (Clients.Client one in (Clients.Client[])[clients.Reader, clients.Approver, clients.Operator])
            Assert.Equal((403, "TSX6018"), Brief(await Add(one, Bytes(10))));
        using var anonymous = new HttpRequestMessage(HttpMethod.Get, $"{Path}/{HashEngine.Sha256.Hash([])}");
        using HttpResponseMessage answer = await clients.Server.Http.SendAsync(anonymous);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task What_is_too_large_is_refused_by_its_length_alone()
    {
        using RawConnection raw = await RawConnection.Open(clients.Server.Running.Address);
        using HttpRequestMessage signed = clients.Submitter.Request("POST", Named, [], EvidenceRoutes.BytesType);
        await raw.Send(
            $"POST {Named} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {EvidenceRoutes.BytesType}\r\nAuthorization: {signed.Headers.Authorization}\r\nContent-Length: {EvidenceRoutes.MostBytes + 1L}\r\n\r\nfirst"
        );
        using var soon = new CancellationTokenSource(SlowClientTests.Patience);
        RawAnswer told = (await raw.Read(cancellation: soon.Token))!;
        Assert.Equal(413, told.Status);
        Assert.Contains(
            "tessraxctl evidence add DIR FILE",
            Encoding.UTF8.GetString(told.Body),
            StringComparison.Ordinal
        );
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task A_file_that_stops_coming_keeps_one_of_few_places_and_leaves_nothing()
    {
        var slow = new List<RawConnection>();
        for (int i = 0; i < 4; i++)
            slow.Add(await Begin(clients, i < 2 ? clients.Submitter : clients.Other));
        await Until(() => Directory.Exists(Folder) && Directory.GetFiles(Folder).Length == 4);
        // What is under way is no remains.
        Assert.DoesNotContain(
            Doctor.Examine(clients.Server.Home.DirectoryPath, clients.Server.Home.Environment).Faults,
            fault => fault.File.StartsWith("evidence/", StringComparison.Ordinal)
        );
        Assert.Equal((503, "TSX6006"), Brief(await Add(clients.Other, Bytes(10))));
        // Others are served meanwhile.
        Assert.Equal(201, (await clients.Submitter.Post("/v1/receipts", """{"event":"x-note","data":1}""")).Status);
        slow.ForEach(one => one.Dispose());
        await Until(() => Directory.GetFiles(Folder).Length == 0);
        Assert.Equal(201, (await Add(clients.Other, Bytes(10))).Status);
    }

    [Fact]
    public async Task One_key_has_two_places_and_whoever_drips_loses_theirs()
    {
        var clock = new HandClock();
        await using Clients slowly = await Clients.Start(new TestLedger(clock: clock));
        using RawConnection dripping = await Begin(slowly, slowly.Submitter);
        using RawConnection second = await Begin(slowly, slowly.Submitter);
        string folder = System.IO.Path.Combine(slowly.Server.Home.DirectoryPath, "evidence");
        await Until(() => Directory.Exists(folder) && Directory.GetFiles(folder).Length == 2);
        Assert.Equal((503, "TSX6006"), Brief(await Add(slowly.Submitter, Bytes(10))));
        Assert.Equal(201, (await Add(slowly.Other, Bytes(10))).Status);
        clock.Pass(TimeSpan.FromSeconds(40));
        using var soon = new CancellationTokenSource(SlowClientTests.Patience);
        await dripping.Send("a");
        RawAnswer told = (await dripping.Read(cancellation: soon.Token))!;
        Assert.Equal(400, told.Status);
        Assert.Contains("TSX6005", Encoding.UTF8.GetString(told.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_disk_has_little_room_the_ledger_keeps_it()
    {
        long free = 300L << 20;
        var home = new TestLedger();
        home.Environment = home.Environment with { Room = _ => new Node.DiskRoom(free, null) };
        await using Clients there = await Clients.Start(home);
        Assert.Equal(201, (await Add(there.Submitter, Bytes(10))).Status);
        free = 200L << 20;
        Told full = await Add(there.Submitter, Bytes(11));
        Assert.Equal((503, "TSX3005"), Brief(full));
        Assert.Equal(201, (await there.Submitter.Post("/v1/receipts", """{"event":"x-note","data":1}""")).Status);
    }

    [Theory]
    [InlineData("sha256:00", 400, "TSX6005")]
    [InlineData("../../ledger.json", 404, "TSX6002")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 404, "TSX3011")]
    public async Task What_is_not_kept_is_not_given(string digest, int status, string code) =>
        Assert.Equal((status, code), Brief(await clients.Reader.Get($"{Path}/{digest}")));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_file_that_was_changed_is_cut_off_before_its_end(int at)
    {
        await Add(clients.Submitter, Report);
        Digest digest = HashEngine.Sha256.Hash(Report);
        byte[] changed = [.. Report];
        changed[at < 0 ? ^1 : at] ^= 1;
        await File.WriteAllBytesAsync(System.IO.Path.Combine(Folder, digest.ToHex()), changed);
        using HttpResponseMessage given = await Fetch(digest);
        await Assert.ThrowsAsync<HttpRequestException>(() => given.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_small_or_empty_file_that_was_changed_is_not_given_at_all()
    {
        byte[] small = Bytes(1000);
        await Add(clients.Submitter, small);
        Digest digest = HashEngine.Sha256.Hash(small);
        foreach (
            byte[] changed in (byte[][])
                [
                    [.. small[1..], 0],
                    small[..^1],
                    [],
                ]
        )
        {
            await File.WriteAllBytesAsync(System.IO.Path.Combine(Folder, digest.ToHex()), changed);
            Assert.Equal("TSX5015", (await clients.Reader.Get($"{Path}/{digest}")).Code);
        }
    }

    [Fact]
    public async Task A_file_of_which_no_entry_came_is_told_by_the_doctor()
    {
        var store = new EvidenceStore(clients.Server.Home.DirectoryPath, SystemDisk.Instance);
        Digest lost = store.Add("lost", new MemoryStream(Bytes(5))).Digest;
        await Add(clients.Submitter, Bytes(10));
        Fault fault = Assert.Single(
            Doctor.Examine(clients.Server.Home.DirectoryPath, clients.Server.Home.Environment).Faults,
            one => one.File.StartsWith("evidence/", StringComparison.Ordinal)
        );
        Assert.Equal(($"evidence/{lost.ToHex()}", FaultWeight.Note), (fault.File, fault.Weight));
    }

    [Fact]
    public async Task A_server_that_only_reads_keeps_nothing_and_gives_what_there_is()
    {
        await using Clients reading = await Clients.Start(writes: false);
        var store = new EvidenceStore(reading.Server.Home.DirectoryPath, SystemDisk.Instance);
        Digest kept = store.Add("report.pdf", new MemoryStream(Report)).Digest;
        Assert.Equal((409, "TSX6004"), Brief(await Add(reading.Submitter, Bytes(10))));
        using HttpRequestMessage request = reading.Reader.Request("GET", $"{Path}/{kept}");
        using HttpResponseMessage given = await reading.Server.Http.SendAsync(request);
        Assert.Equal(Report, await given.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task What_a_process_that_died_left_behind_goes_with_the_next_file()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(System.IO.Path.Combine(Folder, ".evidence.4194999.7.tmp"), "half");
        Assert.Equal(201, (await Add(clients.Submitter, Bytes(10))).Status);
        Assert.Single(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task The_client_keeps_and_fetches_and_believes_nothing_else()
    {
        (LedgerClient client, Between between) = Between.Connect(clients.Server, seed: 81);
        using LedgerClient one = client;
        // An answer that gets lost is asked for again under the same key.
        int lost = 0;
        between.Loses = request => request.RequestUri!.AbsolutePath == Path && lost++ == 0;
        using var file = new MemoryStream([9, 9, .. Report]) { Position = 2 };
        Appended kept = await client.AddEvidenceAsync("report.pdf", file);
        Assert.True(kept.IsRepeat);
        Assert.Equal(2, clients.Size);
        Digest digest = HashEngine.Sha256.Hash(Report);
        Assert.Equal(
            new EvidenceAdded(digest, Report.Length, "report.pdf"),
            EvidenceAdded.FromJson(kept.Receipt.Receipt.Payload!.Root)
        );
        using var copy = new MemoryStream();
        Assert.Equal(Report.Length, await client.ReadEvidenceAsync(digest, copy));
        Assert.Equal(Report, copy.ToArray());

        // Another entry than the one that was asked for.
        between.Lie = (path, bytes) =>
            path.StartsWith(Path, StringComparison.Ordinal)
                ? JsonValue.Parse(bytes).With("index", 0).ToCanonicalBytes()
                : null;
        await MustFail(ErrorCodes.AnswerBroken, client.AddEvidenceAsync("b", new MemoryStream(Bytes(9))).AsTask());
        between.Lie = (path, bytes) => path.StartsWith(Path, StringComparison.Ordinal) ? bytes[..^1] : null;
        await MustFail(ErrorCodes.AnswerBroken, client.ReadEvidenceAsync(digest, new MemoryStream()).AsTask());
        between.Lie = null;
        await MustFail(
            ErrorCodes.NoSuchEntry,
            client.ReadEvidenceAsync(HashEngine.Sha256.Hash("?"u8), new MemoryStream()).AsTask()
        );
        await MustFail(ErrorCodes.BadUsage, client.AddEvidenceAsync("b", new MemoryStream(), "not a key").AsTask());
        // It changes between being read and being sent.
        using var changing = new Changing(Report);
        await MustFail(ErrorCodes.CannotRead, client.AddEvidenceAsync("c", changing).AsTask());
        using var shorter = new Changing(Report) { IsCut = true };
        await MustFail(ErrorCodes.CannotRead, client.AddEvidenceAsync("c", shorter).AsTask());
    }

    [Fact]
    public async Task The_page_of_a_receipt_links_to_the_file_for_a_browser_that_is_signed_in()
    {
        Told kept = await clients.Submitter.Post($"{Path}?name=%3Cb%3E.pdf", Report, type: EvidenceRoutes.BytesType);
        string file = $"{Path}/{kept["evidence"]["digest"]!.AsString()}";
        string page = $"/receipts/{kept.Number("index")}";
        string open = await clients.Server.Http.GetStringAsync(new Uri(page, UriKind.Relative));
        Assert.DoesNotContain($"href=\"{file}\"", open, StringComparison.Ordinal);
        Assert.Contains("evidence</span> <span>get", open, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;.pdf", open, StringComparison.Ordinal);

        Told link = await clients.Reader.Send("POST", "/v1/links", null);
        using var code = new StringContent(
            $"code={link["link"].AsString().Split('/')[^1]}",
            Encoding.ASCII,
            "application/x-www-form-urlencoded"
        );
        using HttpResponseMessage signedIn = await clients.Server.Http.PostAsync(
            new Uri("/sign-in", UriKind.Relative),
            code
        );
        string cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Contains(
            $"href=\"{file}\"",
            await (await With(cookie, page)).ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal(Report, await (await With(cookie, file)).ReadAsByteArrayAsync());
    }

    private async Task<HttpContent> With(string cookie, string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.Add("Cookie", cookie);
        HttpResponseMessage answer = await clients.Server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Content;
    }

    [Fact]
    public void The_command_line_keeps_and_fetches_as_in_a_directory()
    {
        var ctl = new Ctl(clients.Server.Home);
        string url = clients.Server.Running.Address.ToString();
        string[] with = ["--trust", ctl.Trust(), "--access-key", ctl.Key("ci", 81, KeyPurpose.Access)];
        File.WriteAllBytes(ctl.Path("report.pdf"), Report);
        File.WriteAllText(ctl.Path("second.txt"), "second");
        CtlRun kept = ctl.Run([
            "evidence",
            "add",
            url,
            ctl.Path("report.pdf"),
            ctl.Path("second.txt"),
            "--json",
            .. with,
        ]);
        Assert.True(kept.Code == 0, kept.Error);
        Assert.Equal(["report.pdf", "second.txt"], kept.Json.Select(one => one["name"]!.AsString()));
        string digest = kept.Json[0]["digest"]!.AsString();
        string copy = ctl.Path("copy.pdf");
        string[] get = ["evidence", "get", url, digest, "-o", copy, .. with];
        CtlRun got = ctl.Run(get);
        Assert.True(got.Code == 0, got.Error);
        Assert.Equal(Report, File.ReadAllBytes(copy));
        CtlRun taken = ctl.Run(get);
        Assert.Equal(2, taken.Code);
        Assert.Contains("TSX3010", taken.Error, StringComparison.Ordinal);
        CtlRun none = ctl.Run(["evidence", "get", url, $"sha256:{new string('0', 64)}", "-o", ctl.Path("no"), .. with]);
        Assert.Equal(3, none.Code);
        Assert.False(File.Exists(ctl.Path("no")));
        Assert.Equal(2, ctl.Run(["evidence", "get", url, "report.pdf", "-o", ctl.Path("no"), .. with]).Code);

        CtlRun printed = ctl.Run(["evidence", "get", url, digest, "-o", "-", .. with]);
        Assert.Equal(2, printed.Code);
        Assert.Contains("TSX1012", printed.Error, StringComparison.Ordinal);

        // Where it lies: the same, and what was changed there is no file.
        string directory = clients.Server.Home.DirectoryPath;
        Assert.Equal(0, ctl.Run(["evidence", "get", directory, digest, "-o", ctl.Path("here.pdf")]).Code);
        Assert.Equal(Report, File.ReadAllBytes(ctl.Path("here.pdf")));
        File.WriteAllText(System.IO.Path.Combine(Folder, digest["sha256:".Length..]), "changed");
        CtlRun changed = ctl.Run(["evidence", "get", directory, digest, "-o", ctl.Path("no")]);
        Assert.Contains("TSX5015", changed.Error, StringComparison.Ordinal);
        CtlRun cut = ctl.Run(["evidence", "get", url, digest, "-o", ctl.Path("no"), .. with]);
        Assert.NotEqual(0, cut.Code);
        Assert.False(File.Exists(ctl.Path("no")));
    }

    private static async Task<RawConnection> Begin(Clients to, Clients.Client client)
    {
        RawConnection raw = await RawConnection.Open(to.Server.Running.Address);
        using HttpRequestMessage signed = client.Request("POST", Named, [], EvidenceRoutes.BytesType);
        await raw.Send(
            $"POST {Named} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {EvidenceRoutes.BytesType}\r\nAuthorization: {signed.Headers.Authorization}\r\nContent-Length: 100000\r\n\r\nfirst"
        );
        return raw;
    }

    private static Task<Told> Add(Clients.Client client, byte[] file, string? key = null) =>
        client.Post(Named, file, key, EvidenceRoutes.BytesType);

    private async Task<HttpResponseMessage> Fetch(Digest digest)
    {
        using HttpRequestMessage request = clients.Reader.Request("GET", $"{Path}/{digest}");
        return await clients.Server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private string[] Kept() =>
        Directory.Exists(Folder)
            ? [.. Directory.GetFiles(Folder).Select(file => System.IO.Path.GetFileName(file)!)]
            : [];

    private static async Task MustFail(ErrorCode code, Task task)
    {
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(() => task);
        Assert.Equal(code, refused.Code);
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(SlowClientTests.Patience);
        while (!condition())
            await Task.Delay(20, patience.Token);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A file that another process writes to after it was read once.</summary>
    private sealed class Changing(byte[] bytes) : MemoryStream(bytes)
    {
        private bool wasRead;

        public bool IsCut { get; init; }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            if (wasRead && IsCut)
                return 0;
            int read = await base.ReadAsync(buffer, cancellationToken);
            if (wasRead && read > 0)
                buffer.Span[0] ^= 1;
            wasRead |= read == 0;
            return read;
        }
    }
}
