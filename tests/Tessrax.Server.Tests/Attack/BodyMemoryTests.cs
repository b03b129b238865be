using Tessrax.Canonical;
using static Tessrax.Server.Tests.Attack.SlowClientTests;

namespace Tessrax.Server.Tests.Attack;

/// <summary>Bodies that are too large, or only said to be: what they cost is counted, so nothing else runs meanwhile.</summary>
[Collection(nameof(BodyMemoryTests))]
[CollectionDefinition(nameof(BodyMemoryTests), DisableParallelization = true)]
public sealed class BodyMemoryTests
{
    [Fact]
    public async Task A_body_of_100_MB_is_refused_unread_and_takes_no_memory()
    {
        await using TestServer server = await TestServer.Start();
        const long Size = 100_000_000;
        long before = Allocated();
        foreach (string length in (string[])[$"Content-Length: {Size}\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"])
        {
            using RawConnection client = await RawConnection.Open(server.Running.Address);
            await client.Send(Verify + length);
            using var patience = new CancellationTokenSource(Patience);
            Task<RawAnswer?> answer = client.Read(cancellation: patience.Token);
            long sent = await Pour(client, length, Size, answer);
            RawAnswer? told = await answer;
            Assert.Equal(413, told!.Status);
            Assert.Equal("TSX1006", JsonValue.Parse(told.Body)["code"]!.AsString());
            // A bundle may have 64 MiB; without a length only reading tells.
            Assert.True(sent < (length[0] == 'C' ? 8_000_000 : 90_000_000), $"{sent} bytes were taken");
        }
        Assert.True(Allocated() - before < 400_000_000, $"{Allocated() - before} bytes were allocated");
        await MustServe(server);
    }

    [Fact]
    public async Task Who_says_that_much_will_come_is_given_no_memory_for_it_before()
    {
        await using TestServer server = await TestServer.Start();
        long before = Allocated();
        List<RawConnection> liars = await Connect(server, 20);
        foreach (RawConnection one in liars)
            await one.Send($"{Verify}Content-Length: 60000000\r\n\r\n[");
        await MustServe(server);
        long taken = Allocated() - before;
        Assert.True(taken < 50_000_000, $"{taken} bytes were allocated");
        liars.ForEach(one => one.Dispose());
    }

    private static long Allocated() => GC.GetTotalAllocatedBytes(precise: true);

    private static async Task<long> Pour(RawConnection client, string length, long size, Task answer)
    {
        const int Part = 64 * 1024;
        byte[] part = new byte[Part];
        part.AsSpan().Fill((byte)' ');
        bool isChunked = length[0] == 'T';
        long sent = 0;
        try
        {
            for (; sent < size && !answer.IsCompleted; sent += Part)
            {
                if (isChunked)
                    await client.Send($"{Part:x}\r\n");
                await client.Send(part);
                if (isChunked)
                    await client.Send("\r\n");
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The server closed the connection, as it should.
        }
        return sent;
    }
}
