using System.Data.Common;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Postgres;

/// <summary>Ledgers in PostgreSQL, for programs that bring Npgsql along.</summary>
public static class PostgresStores
{
    private static int registered;

    /// <summary>From now on, <c>postgres://</c> is the address of a store. Calling it again does no harm.</summary>
    public static void Register()
    {
        if (Interlocked.Exchange(ref registered, 1) != 0)
            return;
        LedgerStores.Register(
            PostgresAddress.IsOne,
            static (address, environment) =>
                new PostgresDatabase(
                    PostgresAddress.Parse(address),
                    new PostgresOptions { Clock = environment.Clock, Random = environment.Random }
                )
        );
    }

    /// <summary>An address without passwords, in its one spelling, as a working copy names it.</summary>
    /// <exception cref="TessraxException">TSX1007: it is none.</exception>
    public static string Spelled(string address) => PostgresAddress.Parse(address).Shown;

    /// <summary>Whether an address has a password in it.</summary>
    /// <exception cref="TessraxException">TSX1007: it is none.</exception>
    public static bool HasPassword(string address) => PostgresAddress.Parse(address).HasPassword;

    // What a cluster asks beside its ledgers.
    private const int BesideLedgers = 10;

    /// <summary>Connections to a database, for what else is kept there: at most 10 of them, unless the address says otherwise. Whoever asks disposes them.</summary>
    /// <param name="address">As <c>postgres://…</c>.</param>
    /// <exception cref="TessraxException">TSX1007: it is none, or has options that cannot be used together.</exception>
    public static DbDataSource Connections(string address) =>
        SharedConnections.Build(PostgresAddress.Parse(address).ToConnectionString(BesideLedgers));
}
