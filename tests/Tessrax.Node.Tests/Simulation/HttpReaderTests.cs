using System.Text;
using Tessrax.Node.Simulation;
using Xunit;

namespace Tessrax.Node.Tests.Simulation;

/// <summary>Messages of HTTP/1.1 as approvers and their log exchange them: whole, in any pieces, or refused.</summary>
public sealed class HttpReaderTests
{
    private const int Limit = 100;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8192)]
    public async Task Reads_one_after_the_other_however_they_come(int piece)
    {
        byte[] bytes =
        [
            .. HttpMessage.Ask("one"u8.ToArray()).ToBytes(),
            .. new HttpMessage(HttpMessage.Ok, ReadOnlyMemory<byte>.Empty).ToBytes(),
            .. HttpMessage.Ask(new byte[Limit]).ToBytes(),
        ];
        var reader = new HttpReader(new Trickle(bytes, piece), Limit);
        HttpMessage first = (await reader.ReadAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("POST /approvals HTTP/1.1", first.Start);
        Assert.Equal("one"u8, first.Body.Span);
        Assert.Equal(HttpMessage.Ok, (await reader.ReadAsync(TestContext.Current.CancellationToken))!.Start);
        Assert.Equal(Limit, (await reader.ReadAsync(TestContext.Current.CancellationToken))!.Body.Length);
        Assert.Null(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\nx")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\nxx")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nx")]
    [InlineData("POST / HT")]
    public async Task Refuses(string text)
    {
        var reader = new HttpReader(new MemoryStream(Encoding.ASCII.GetBytes(text)), Limit);
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_head_without_end_is_not_read_without_end()
    {
        var endless = new Trickle(new byte[1 << 20], 1000);
        await Assert.ThrowsAnyAsync<IOException>(() =>
            new HttpReader(endless, Limit).ReadAsync(TestContext.Current.CancellationToken)
        );
        Assert.True(endless.Position < 16_384);
    }

    // Gives so many bytes at a time.
    private sealed class Trickle(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
