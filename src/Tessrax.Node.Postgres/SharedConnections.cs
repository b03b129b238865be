using Npgsql;

namespace Tessrax.Node.Postgres;

/// <summary>The connections of this process to one address, shared by all ledgers that are kept there, however many are open.</summary>
/// <remarks>
/// No ledger holds a connection while it waits for work: it borrows one for a batch, or for a page that it reads. At most <see cref="PostgresAddress.Connections"/> are open at a time, half of them to append over; those
/// stay open, with their statement prepared, since preparing it costs as much as using it. Whoever finds all of them busy waits. Any thread may use it.
/// </remarks>
internal sealed class SharedConnections : IDisposable
{
    private static readonly Lock Sharing = new();
    private static readonly Dictionary<string, SharedConnections> ByAddress = new(StringComparer.Ordinal);

    private readonly string key;
    private readonly string address;
    private readonly int kept;
    private readonly SemaphoreSlim turns;
    private readonly Stack<AppendCommand> idle = new();
    private int users;
    private bool isClosed;

    private SharedConnections(string key, PostgresAddress address)
    {
        this.key = key;
        this.address = address.Shown;
        kept = address.Connections / 2;
        turns = new SemaphoreSlim(Math.Max(1, kept));
        Source = Build(key);
    }

    /// <summary>Gives connections for anything else; whoever takes one gives it back by disposing it.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>The connections to an address. Whoever asks disposes what it is given, once. Nothing is connected to yet.</summary>
    /// <exception cref="TessraxException">TSX1007: the address has options that cannot be used together.</exception>
    public static SharedConnections Of(PostgresAddress address)
    {
        string key = address.ToConnectionString(address.Connections);
        lock (Sharing)
        {
            if (!ByAddress.TryGetValue(key, out SharedConnections? shared))
                ByAddress[key] = shared = new SharedConnections(key, address);
            shared.users++;
            return shared;
        }
    }

    /// <summary>Makes connections that are nobody else's.</summary>
    /// <exception cref="TessraxException">TSX1007: options that cannot be used together.</exception>
    public static NpgsqlDataSource Build(string connectionString)
    {
        try
        {
            // What a program that is compiled ahead of time needs, and nothing that makes code as it runs.
            var builder = new NpgsqlSlimDataSourceBuilder(connectionString);
            builder.EnableArrays();
            builder.EnableTransportSecurity();
            return builder.Build();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new TessraxException(
                ErrorCodes.BadValue,
                $"the options of the database's address cannot be used together: {e.Message}",
                null,
                e
            );
        }
    }

    /// <summary>Does something by the statement that appends. If that throws, its connection is not used again.</summary>
    /// <param name="prepare">Makes another one.</param>
    /// <param name="patience">How long to wait for one that is free.</param>
    /// <param name="work">Keeps nothing of it.</param>
    /// <exception cref="TessraxException">TSX3049: none was free; and what the two functions throw.</exception>
    public T Append<T>(Func<AppendCommand> prepare, TimeSpan patience, Func<AppendCommand, T> work)
    {
        if (!turns.Wait(patience))
            throw ErrorCodes.StoreAway.Because(
                $"{address}: every connection that is for appending was busy for {patience.TotalSeconds:F0} s; nothing was sent"
            );
        try
        {
            AppendCommand command = Take() ?? prepare();
            T done;
            try
            {
                done = work(command);
            }
            catch
            {
                command.Dispose();
                throw;
            }
            Keep(command);
            return done;
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>Closes connections that wait to be used; others go on.</summary>
    public void Forget()
    {
        Drop();
        Source.Clear();
    }

    /// <summary>One user less. After the last one, everything is closed.</summary>
    public void Dispose()
    {
        lock (Sharing)
        {
            if (--users > 0)
                return;
            ByAddress.Remove(key);
        }
        lock (idle)
            isClosed = true;
        Drop();
        Source.Dispose();
        turns.Dispose();
    }

    private AppendCommand? Take()
    {
        lock (idle)
            return idle.TryPop(out AppendCommand? command) ? command : null;
    }

    private void Keep(AppendCommand command)
    {
        lock (idle)
        {
            if (!isClosed && idle.Count < kept)
            {
                idle.Push(command);
                return;
            }
        }
        command.Dispose();
    }

    private void Drop()
    {
        while (Take() is { } command)
            command.Dispose();
    }
}
