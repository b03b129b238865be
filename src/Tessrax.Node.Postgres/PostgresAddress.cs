using Npgsql;

namespace Tessrax.Node.Postgres;

/// <summary>Where a database is: <c>postgres://USER@HOST:PORT/DATABASE?option=value</c>, as <c>libpq</c> and its kin write it.</summary>
/// <remarks>A password in the address would be seen by whoever lists processes or reads a shell's history, but is taken, as others do. <c>$PGPASSWORD</c> and <c>~/.pgpass</c> serve better, and are read where there is none.</remarks>
internal sealed record PostgresAddress
{
    private const int DefaultPort = 5432;

    private PostgresAddress(string shown, string connectionString)
    {
        Shown = shown;
        ConnectionString = connectionString;
    }

    /// <summary>The address without a password, for messages.</summary>
    public string Shown { get; }

    internal string ConnectionString { get; }

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
        var builder = new NpgsqlConnectionStringBuilder { Host = Uri.UnescapeDataString(uri.Host.Trim('[', ']')) };
        builder.Port = uri.Port > 0 ? uri.Port : DefaultPort;
        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } database)
            builder.Database = Uri.UnescapeDataString(database);
        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            builder.Password = Uri.UnescapeDataString(user[1]);
        foreach (string option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            Set(builder, option);
        if (string.IsNullOrEmpty(builder.Host))
            throw Bad("it names no host");
        string name = user[0].Length > 0 ? $"{user[0]}@" : "";
        return new PostgresAddress(
            $"postgres://{name}{uri.Authority[(uri.Authority.LastIndexOf('@') + 1)..]}{uri.AbsolutePath}",
            builder.ConnectionString
        );
    }

    public override string ToString() => Shown;

    // libpq's names, where Npgsql has others; all else as Npgsql calls it.
    private static void Set(NpgsqlConnectionStringBuilder builder, string option)
    {
        string[] parts = option.Split('=', 2);
        string name = Uri.UnescapeDataString(parts[0]);
        string value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
        string known = name switch
        {
            "sslmode" => "SSL Mode",
            "sslrootcert" => "Root Certificate",
            "sslcert" => "SSL Certificate",
            "sslkey" => "SSL Key",
            "connect_timeout" => "Timeout",
            "application_name" => "Application Name",
            "host" => "Host",
            _ => name,
        };
        try
        {
            builder[known] = name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        catch (Exception e)
            when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw Bad($"the option '{name}' is not known, or cannot have this value");
        }
    }

    private static TessraxException Bad(string why) =>
        ErrorCodes.BadValue.Because(
            $"not the address of a database: {why}",
            "for example postgres://tessrax@db.example.com/ledgers?sslmode=verify-full"
        );
}
