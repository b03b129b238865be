namespace Tessrax.Node.Postgres;

/// <summary>How patient whoever uses a database is.</summary>
internal sealed record PostgresOptions
{
    /// <summary>How long what a cut connection has left open is asked for again, before the outcome is called unknown. Half a minute: a server that was restarted, or a replica that takes over, is there by then.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Measures it.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Draws the token that tells one writer from another.</summary>
    public required RandomSource Random { get; init; }
}
