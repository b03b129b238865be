using System.Net;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Server.Api;
using Tessrax.Verification;
using Tessrax.Verification.Search;

namespace Tessrax.Server.Tests;

/// <summary>A body is turned away before it becomes fifty times as large in memory.</summary>
public sealed class JsonRoomTests
{
    private static readonly BodyLimit Small = new(8 * 1024 * 1024, BodyLimit.Json);

    [Theory]
    [InlineData("0,", true)]
    [InlineData("[],", true)]
    [InlineData("{},", true)]
    [InlineData("\"\",", true)]
    [InlineData("\"\\\\\",", true)]
    [InlineData("1\n", true)]
    [InlineData("\"0,0,0,[{0,0\",", false)]
    [InlineData("\"\\\",[,[,[,[,[\\\"\",", false)]
    public void Values_are_counted_and_not_what_stands_in_text(string part, bool isRefused)
    {
        byte[] body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, 299_000)));
        JsonRoom.Require(body, Small);
        byte[] more = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, isRefused ? 601_000 : 590_000)));
        if (isRefused)
            Assert.Equal(
                ErrorCodes.TooLarge,
                Assert.Throws<TessraxException>(() => JsonRoom.Require(more, Small)).Code
            );
        else
            JsonRoom.Require(more, Small);
    }

    [Fact]
    public void What_ends_in_a_text_is_no_more_than_it_was()
    {
        byte[] open = [.. Encoding.ASCII.GetBytes("\""), .. Enumerable.Repeat((byte)',', 1_000_000)];
        JsonRoom.Require(open, Small);
        open[^1] = (byte)'\\';
        JsonRoom.Require(open, Small);
    }

    [Fact]
    public async Task A_document_of_tiny_values_costs_no_more_than_its_bytes()
    {
        await using TestServer server = await TestServer.Start();
        var body = new byte[9_000_000];
        Encoding.ASCII.GetBytes("{\"entry\":1,\"checkpoint\":[").CopyTo(body, 0);
        for (int i = 27; i < body.Length - 3; i++)
            body[i] = (byte)(i % 2 == 1 ? '0' : ',');
        Encoding.ASCII.GetBytes("0]}").CopyTo(body, body.Length - 3);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new(BodyLimit.Json);
        using HttpResponseMessage refused = await server.Http.PostAsync(
            new Uri("/v1/verify", UriKind.Relative),
            content
        );
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        JsonValue problem = JsonValue.Parse(await refused.Content.ReadAsByteArrayAsync());
        Assert.Equal("TSX1006", problem["code"]!.AsString());
    }

    [Theory]
    [InlineData("{\"entry\":{},\"checkpoint\":\"\"}", true, false)]
    [InlineData("{\"checkpoint\":[0,0],\"entry\":{\"a\":1}}", true, false)]
    [InlineData("{\"\\u0065ntry\":{},\"checkpoint\":\"\"}", true, false)]
    [InlineData("{\"entry\":{\"checkpoint\":1}}", false, false)]
    [InlineData("{\"search\":1}", false, true)]
    [InlineData("{\"a\":{\"search\":1}}", false, false)]
    [InlineData("{\"a\":\"search\"}", false, false)]
    [InlineData("[\"entry\",\"checkpoint\",\"search\"]", false, false)]
    [InlineData("{\"entry\":1,\"checkpoint\":1", false, false)]
    [InlineData("{\"\\ud800\":1,\"search\":1}", false, false)]
    [InlineData("", false, false)]
    public void Documents_are_known_by_their_members_without_being_built(string text, bool isReceipt, bool isSearch)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal((isReceipt, isSearch), (ReceiptVerifier.IsMeant(bytes), SearchProof.IsMeant(bytes)));
        byte[] large = Encoding.UTF8.GetBytes($"{{\"entry\":1,\"search\":[{string.Join(',', new int[100_000])}]}}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(ReceiptVerifier.IsMeant(large));
        Assert.True(SearchProof.IsMeant(large));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
