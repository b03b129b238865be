namespace Tessrax.Server.Host;

/// <summary>A JSON file that names endpoints and their certificates, as every Kestrel has them; nothing else in it counts.</summary>
internal static class EndpointFile
{
    private const string Section = "Kestrel";

    /// <summary>Lets a server listen where a file says.</summary>
    /// <exception cref="TessraxException">TSX3012: there is no such file; TSX1012: it names no endpoint.</exception>
    public static void Configure(WebApplicationBuilder builder, string file)
    {
        if (!File.Exists(file))
            throw ErrorCodes.NoSuchFile.Because($"there is no file {file}");
        try
        {
            builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IOException)
        {
            throw Wrong(file, e);
        }
        IConfigurationSection kestrel = builder.Configuration.GetSection(Section);
        // Without one it would listen where nobody asked it to.
        if (!kestrel.GetSection("Endpoints").GetChildren().Any())
            throw ErrorCodes.BadUsage.Because($"--config {file} names no endpoint", Example);
        ResolvePaths(builder.Configuration, Path.GetDirectoryName(Path.GetFullPath(file))!);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Configure(kestrel));
    }

    // Kestrel would look for them beside the program.
    private static void ResolvePaths(ConfigurationManager configuration, string folder)
    {
        (string Key, string Value)[] paths =
        [
            .. configuration
                .GetSection(Section)
                .AsEnumerable()
                .Where(one => one.Value is { Length: > 0 } && IsCertificatePath(one.Key.Split(':')))
                .Select(one => (one.Key, one.Value!)),
        ];
        foreach ((string key, string value) in paths)
            configuration[key] = Path.GetFullPath(value, folder);
    }

    // Endpoints:NAME:Certificate:Path, Endpoints:NAME:Sni:HOST:Certificate:Path and Certificates:Default:Path; KeyPath beside them.
    private static bool IsCertificatePath(string[] key) =>
        key is [.., var of, var last]
        && (Is(last, "Path") || Is(last, "KeyPath"))
        && (Is(of, "Certificate") || (key is [_, var group, _, _] && Is(group, "Certificates")));

    private static bool Is(string part, string name) => part.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Why a server does not start with it.</summary>
    public static TessraxException Wrong(string file, Exception reason) =>
        new(
            ErrorCodes.BadUsage,
            $"--config {file} cannot be followed: {(reason.InnerException ?? reason).Message}",
            Example,
            reason
        );

    private const string Example =
        """as {"Kestrel":{"Endpoints":{"Https":{"Url":"https://0.0.0.0:8443","Certificate":{"Path":"tls.pem","KeyPath":"tls.key"}}}}}""";
}
