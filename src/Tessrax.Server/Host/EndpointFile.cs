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
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Configure(kestrel));
    }

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
