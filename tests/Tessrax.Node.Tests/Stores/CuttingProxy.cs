using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Tessrax.Node.Tests.Stores;

/// <summary>How the proxy cuts at a message.</summary>
internal enum Cut
{
    /// <summary>The message is lost, and the connection with it.</summary>
    Before,

    /// <summary>The message arrives, and then the connection is gone: the answer is lost.</summary>
    After,

    /// <summary>The client's connection is gone, and its message with all that follow arrives when <see cref="CuttingProxy.Release"/> says so. Messages of the server are lost.</summary>
    Late,
}

/// <summary>Lies between a client and a PostgreSQL server and knows the messages of their protocol: it cuts the connection at one of them.</summary>
/// <remarks>Message formats: PostgreSQL documentation, "Frontend/Backend Protocol". The first one of a client has no type; all others are a byte and a length that counts itself.</remarks>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int target;
    private readonly Lock counting = new();
    private readonly ManualResetEventSlim released = new();
    private readonly List<Socket> open = [];
    private int left = -1;
    private Cut how;
    private bool staysDown;
    private volatile bool isDown;
    private volatile bool fired;

    public CuttingProxy(int target)
    {
        this.target = target;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Run(Accept);
    }

    public int Port { get; }

    /// <summary>Whether the cut came.</summary>
    public bool Fired => fired;

    /// <summary>Cuts at message number <paramref name="message"/> from now on, counted from 1 in both directions.</summary>
    /// <param name="message">Which.</param>
    /// <param name="kind">How.</param>
    /// <param name="forGood">Nobody comes through any more, until <see cref="Heal"/>.</param>
    public void Arm(int message, Cut kind, bool forGood = false)
    {
        lock (counting)
            (left, how, staysDown, fired) = (message, kind, forGood, false);
    }

    public void Heal()
    {
        lock (counting)
            (left, isDown) = (-1, false);
    }

    /// <summary>Lets arrive what was held back.</summary>
    public void Release() => released.Set();

    public void Dispose()
    {
        released.Set();
        listener.Dispose();
        lock (open)
            open.ForEach(socket => socket.Dispose());
    }

    private void Accept()
    {
        while (true)
        {
            Socket client = Keep(listener.AcceptSocket());
            if (isDown)
            {
                client.Close(0);
                continue;
            }
            Socket server = Keep(new Socket(SocketType.Stream, ProtocolType.Tcp));
            try
            {
                server.Connect(IPAddress.Loopback, target);
            }
            catch (SocketException)
            {
                client.Close(0);
                continue;
            }
            (client.NoDelay, server.NoDelay) = (true, true);
            Run(() => Pump(client, server, fromClient: true));
            Run(() => Pump(server, client, fromClient: false));
        }
    }

    private void Pump(Socket from, Socket to, bool fromClient)
    {
        try
        {
            for (bool first = fromClient; ; first = false)
            {
                byte[] message = Receive(from, first);
                if (!Counts(out Cut kind))
                {
                    to.Send(message);
                    continue;
                }
                if (kind == Cut.After)
                    to.Send(message);
                if (kind == Cut.Late && fromClient)
                {
                    Late(from, to, message);
                    return;
                }
                from.Close(0);
                to.Close(0);
                return;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            from.Close(0);
            to.Close(0);
        }
    }

    // What the client has sent already is on its way; the client itself is gone.
    private void Late(Socket client, Socket server, byte[] message)
    {
        var waiting = new List<byte[]> { message };
        client.ReceiveTimeout = 100;
        try
        {
            while (true)
                waiting.Add(Receive(client, first: false));
        }
        catch (SocketException) { }
        client.Close(0);
        released.Wait();
        foreach (byte[] one in waiting)
            server.Send(one);
        // The server's answers have nobody to go to.
        server.Shutdown(SocketShutdown.Send);
    }

    private bool Counts(out Cut kind)
    {
        lock (counting)
        {
            kind = how;
            if (left <= 0 || --left > 0)
                return false;
            fired = true;
            isDown = staysDown;
            return true;
        }
    }

    private static byte[] Receive(Socket from, bool first)
    {
        int lengthAt = first ? 0 : 1;
        byte[] head = Exactly(from, lengthAt + 4);
        int length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(lengthAt));
        return [.. head, .. Exactly(from, length - 4)];
    }

    private static byte[] Exactly(Socket from, int count)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count; )
        {
            int read = from.Receive(bytes.AsSpan(at));
            at += read > 0 ? read : throw new SocketException((int)SocketError.ConnectionReset);
        }
        return bytes;
    }

    private Socket Keep(Socket socket)
    {
        lock (open)
            open.Add(socket);
        return socket;
    }

    private static void Run(Action work) =>
        new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException) { }
        })
        {
            IsBackground = true,
        }.Start();
}
