using Npgsql;

namespace Tessrax.Node.Postgres;

/// <summary>Listens for what a server says beside its answers. Where a commit waits for a replica and the wait is ended, by a timeout or an operator, the server reports success, with a warning that it may be on no other machine.</summary>
internal sealed class Confirmation : IDisposable
{
    private readonly NpgsqlConnection connection;
    private string? warning;

    /// <param name="connection">Stays the caller's.</param>
    public Confirmation(NpgsqlConnection connection)
    {
        this.connection = connection;
        connection.Notice += Hear;
    }

    /// <summary>Refuses what was done since the last call, or the beginning, if the server warned of anything.</summary>
    /// <exception cref="NpgsqlException">Nobody knows whether it is durable, as if the connection had been cut.</exception>
    public void Require()
    {
        if (Interlocked.Exchange(ref warning, null) is { } words)
            throw new NpgsqlException($"the server did not confirm a commit: {words}");
    }

    public void Dispose() => connection.Notice -= Hear;

    private void Hear(object sender, NpgsqlNoticeEventArgs heard)
    {
        if (heard.Notice.InvariantSeverity == "WARNING")
            warning = heard.Notice.MessageText;
    }
}
