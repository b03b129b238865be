using System.Globalization;
using Npgsql;

namespace Tessrax.Node.Postgres;

/// <summary>Where a database is: <c>postgres://USER@HOST:PORT/DATABASE?option=value</c>, as <c>libpq</c> and its kin write it.</summary>
/// <remarks>A password in the address would be seen by whoever lists processes or reads a shell's history, but is taken, as others do. <c>$PGPASSWORD</c> and <c>~/.pgpass</c> serve better, and are read where there is none.</remarks>
internal sealed record PostgresAddress
{
    private const int DefaultPort = 5432;
    private const string PoolSize = "Maximum Pool Size";

    // PostgreSQL takes 97 by default, so that three nodes of a cluster, with ten more each, fit, and a program beside them. More at a time are of no use to a server with few processors.
    private const int DefaultConnections = 20;

    // libpq's names, where Npgsql has others; all else is called as Npgsql calls it.
    private static readonly Dictionary<string, string> OfLibpq = new(StringComparer.Ordinal)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["host"] = "Host",
    };

    // What is written down nowhere.
    private static readonly string[] Secrets = ["Password", "SSL Password"];

    // What the address says elsewhere; and what would let statements of others run between the two of a transaction.
    private static readonly string[] Refused = ["Port", "Database", "Username", "Multiplexing"];

    private readonly string connectionString;
    private readonly int? connections;

    private PostgresAddress(string shown, string connectionString, int? connections)
    {
        Shown = shown;
        this.connectionString = connectionString;
        this.connections = connections;
    }

    /// <summary>The address without passwords, in its one spelling: options are sorted, and what is the default port is left out. Whoever connects to it connects as this address does, but for the passwords.</summary>
    public string Shown { get; }

    /// <summary>Whether a password, or one of a key file, stands in it.</summary>
    public bool HasPassword { get; private init; }

    /// <summary>How many connections one process may have open to it for all its ledgers together: <c>Maximum Pool Size</c>, or 20.</summary>
    public int Connections => connections ?? DefaultConnections;

    /// <summary>As Npgsql takes it.</summary>
    /// <param name="most">How many connections there may be, if the address does not say.</param>
    public string ToConnectionString(int most)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.MaxPoolSize = connections ?? Math.Max(most, builder.MinPoolSize);
        return builder.ConnectionString;
    }

    /// <summary>Whether a text is meant as such an address.</summary>
    public static bool IsOne(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith("postgres://", StringComparison.Ordinal)
            || text.StartsWith("postgresql://", StringComparison.Ordinal);
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="TessraxException">TSX1007: it is none.</exception>
    public static PostgresAddress Parse(string text)
    {
        if (!IsOne(text) || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri))
            throw Bad("it does not read postgres://USER@HOST:PORT/DATABASE");
        string host = Uri.UnescapeDataString(uri.Host).ToLowerInvariant();
        int port = uri.Port > 0 ? uri.Port : DefaultPort;
        var builder = new NpgsqlConnectionStringBuilder { Host = host.Trim('[', ']'), Port = port };
        string database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/'));
        if (database.Length > 0)
            builder.Database = database;
        string[] user = uri.UserInfo.Split(':', 2);
        string name = Uri.UnescapeDataString(user[0]);
        if (name.Length > 0)
            builder.Username = name;
        if (user.Length > 1)
            builder.Password = Uri.UnescapeDataString(user[1]);
        var options = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            Set(builder, option, options);
        if (string.IsNullOrEmpty(builder.Host))
            throw Bad("it names no host");
        string query = string.Join('&', options.Select(option => $"{option.Key}={option.Value}"));
        string shown = string.Create(
            CultureInfo.InvariantCulture,
            $"postgres://{(name.Length > 0 ? Uri.EscapeDataString(name) + "@" : "")}{host}{(port == DefaultPort ? "" : $":{port}")}/{Uri.EscapeDataString(database)}"
        );
        return new PostgresAddress(
            query.Length > 0 ? $"{shown}?{query}" : shown,
            builder.ConnectionString,
            options.ContainsKey(Uri.EscapeDataString(PoolSize)) ? builder.MaxPoolSize : null
        )
        {
            HasPassword = !string.IsNullOrEmpty(builder.Password) || !string.IsNullOrEmpty(builder.SslPassword),
        };
    }

    public override string ToString() => Shown;

    // Sets an option, and notes how it is written down.
    private static void Set(
        NpgsqlConnectionStringBuilder builder,
        string option,
        SortedDictionary<string, string> written
    )
    {
        string[] parts = option.Split('=', 2);
        string name = Uri.UnescapeDataString(parts[0]);
        string value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
        string known = OfLibpq.GetValueOrDefault(name, name);
        if (known == "SSL Mode")
            value = value.Replace("-", "", StringComparison.Ordinal);
        // Alone, it tells its one name and its one spelling.
        var alone = new NpgsqlConnectionStringBuilder();
        try
        {
            alone[known] = value;
            builder[known] = value;
        }
        catch (Exception e)
            when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw Bad($"the option '{name}' is not known, or cannot have this value");
        }
        if (alone.Keys.Cast<string>().SingleOrDefault() is not { } key)
            return;
        if (Refused.Contains(key, StringComparer.Ordinal))
            throw Bad($"the option '{name}' is not taken");
        if (Secrets.Contains(key, StringComparer.Ordinal))
            return;
        string spelled = OfLibpq.FirstOrDefault(pair => pair.Value == key).Key ?? key;
        written[Uri.EscapeDataString(spelled)] = Uri.EscapeDataString(Spelled(alone[key]));
    }

    private static string Spelled(object value) =>
        value switch
        {
            SslMode.VerifyFull => "verify-full",
            SslMode.VerifyCA => "verify-ca",
            SslMode mode => mode.ToString().ToLowerInvariant(),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };

    private static TessraxException Bad(string why) =>
        ErrorCodes.BadValue.Because(
            $"not the address of a database: {why}",
            "for example postgres://tessrax@db.example.com/ledgers?sslmode=verify-full"
        );
}
