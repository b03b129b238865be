namespace Tessrax.Cli.Demo;

/// <summary>Where the demo keeps its things, all under one directory.</summary>
internal sealed record DemoPlaces(string Root)
{
    private const string DefaultName = "tessrax-demo";

    public string Ledger => Path.Combine(Root, "ledger");

    public string Passphrase => Path.Combine(Root, "passphrase");

    /// <summary>What a stranger gets: a bundle and a trust root, nothing else.</summary>
    public string Stranger => Path.Combine(Root, "stranger");

    public string Bundle => Path.Combine(Stranger, "decision.tessrax.json");

    public string Trust => Path.Combine(Stranger, "trust.json");

    public string Tampered => Path.Combine(Root, "tampered");

    public string KeyOf(string approver) => Path.Combine(Root, approver + ".key");

    /// <summary>The directory that was asked for, or the first free one of the default name.</summary>
    /// <exception cref="TessraxException">TSX3010: it exists and is not empty.</exception>
    public static DemoPlaces Choose(string? asked)
    {
        if (asked is not null)
        {
            if (File.Exists(asked) || (Directory.Exists(asked) && Directory.EnumerateFileSystemEntries(asked).Any()))
                throw ErrorCodes.AlreadyExists.Because($"{asked} exists and is not empty");
            return new DemoPlaces(asked);
        }
        string name = DefaultName;
        for (int i = 2; Path.Exists(name); i++)
            name = $"{DefaultName}-{i}";
        return new DemoPlaces(name);
    }
}
