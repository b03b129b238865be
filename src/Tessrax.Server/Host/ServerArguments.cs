using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Logging;
using Tessrax.Node.Postgres;
using Tessrax.Node.Serving;
using Tessrax.Node.Stores;
using Tessrax.Server.Cluster;

namespace Tessrax.Server.Host;

/// <summary>The arguments of <c>tessraxd</c>.</summary>
internal sealed class ServerArguments
{
    // Whoever waits longer looks at the checkpoint instead.
    private const int LongestWait = 60;

    // Whoever reads what is older than an hour pulls by hand.
    private const int LongestPull = 3600;

    private readonly Argument<string> directory = new("DIR")
    {
        Description = "the ledger's directory; with --cluster, the directory of the node's working copies",
    };

    private readonly Option<string[]> urls = new("--urls")
    {
        Description = $"where to listen, {ServerOptions.DefaultUrl} by default; repeatable",
        HelpName = "URL",
    };

    private readonly Option<string[]> hosts = new("--host")
    {
        Description = "a name by which clients call it, beside loopback's; repeatable, * for any",
        HelpName = "NAME",
    };

    private readonly Option<string?> access = new("--access")
    {
        Description = "who may do what; access.json in the ledger's directory by default",
        HelpName = "FILE",
    };

    private readonly Option<string?> quotas = new("--quotas")
    {
        Description = "how much may be asked of each ledger, as a JSON file; by default nothing is limited",
        HelpName = "FILE",
    };

    private readonly Option<string?> anonymousRead = new("--anonymous-read")
    {
        Description = "whether whoever comes may read; by default where it listens on loopback alone",
        HelpName = "yes|no",
    };

    private readonly Option<bool> readOnly = new("--read-only")
    {
        Description = "only read, beside whoever writes; needs no keys",
    };

    private readonly Option<string?> pathBase = new("--path-base")
    {
        Description = "what stands before each path, as /ledger; a proxy hands it on as it is",
        HelpName = "PATH",
    };

    private readonly Option<string?> publicUrl = new("--public-url")
    {
        Description = "what clients call it where a proxy stands before it, as https://ledger.example.com",
        HelpName = "URL",
    };

    private readonly Option<string?> config = new("--config")
    {
        Description = "a JSON file whose section Kestrel names endpoints and their certificates, instead of --urls",
        HelpName = "FILE",
    };

    private readonly Option<string?> witnesses = new("--witness-policy")
    {
        Description = "a policy (C2SP tlog-policy) whose witnesses are asked to cosign the ledger's checkpoints",
        HelpName = "FILE",
    };

    private readonly Option<int> appendWaits = new("--append-waits")
    {
        Description = "how many seconds an append's answer waits for a quorum of witnesses at most; none by default",
        HelpName = "SECONDS",
    };

    private readonly Option<string?> cluster = new("--cluster")
    {
        Description = "serve all ledgers of a database, together with other nodes, as postgres://…",
        HelpName = "URL",
    };

    private readonly SiloArguments silo = new();

    private readonly Option<int?> pullEvery = new("--pull-every")
    {
        Description =
            "with --read-only, how many seconds pass until a working copy of a database is brought up to date again; 1 by default, 0 for never",
        HelpName = "SECONDS",
    };

    private readonly Option<string?> metrics = new("--metrics")
    {
        Description = "where to tell what is measured to whoever asks, apart from the ledger, as http://10.0.0.1:8422",
        HelpName = "URL",
    };

    private readonly Option<string?> verifier = new("--verifier")
    {
        Description =
            "the folder with the verifier for browsers; by default the one beside the program, if it is there",
        HelpName = "DIR",
    };

    private readonly Option<string?> docs = new("--docs")
    {
        Description = "the folder with the documentation; by default the one beside the program, if it is there",
        HelpName = "DIR",
    };

    private readonly Option<string?> log = new("--log")
    {
        Description = $"tell what happens on standard error: {string.Join(", ", ConsoleStyle.Levels)}",
        HelpName = "LEVEL",
    };

    private readonly Option<string?> logFormat = new("--log-format")
    {
        Description = "text or json",
        HelpName = "FORMAT",
    };

    public ServerArguments()
    {
        anonymousRead.AcceptOnlyFromAmong("yes", "no");
        log.AcceptOnlyFromAmong([.. ConsoleStyle.Levels]);
        logFormat.AcceptOnlyFromAmong("text", "json");
    }

    public void AddTo(Command command)
    {
        command.Add(directory);
        foreach (
            Option option in (Option[])
                [
                    urls,
                    hosts,
                    access,
                    quotas,
                    anonymousRead,
                    readOnly,
                    pathBase,
                    publicUrl,
                    config,
                    witnesses,
                    appendWaits,
                    cluster,
                    .. silo.Options,
                    pullEvery,
                    metrics,
                    verifier,
                    docs,
                    log,
                    logFormat,
                ]
        )
            command.Add(option);
    }

    /// <summary>What they say.</summary>
    /// <exception cref="TessraxException">TSX1012: they do not fit.</exception>
    public ServerOptions Read(ParseResult parsed)
    {
        string prefix = parsed.GetValue(pathBase) ?? "";
        if (prefix.Length > 0 && (prefix[0] != '/' || prefix[^1] == '/'))
            throw ErrorCodes.BadUsage.Because("--path-base begins with a slash, and does not end with one");
        string? configured = parsed.GetValue(config);
        string[] named = parsed.GetValue(urls) ?? [];
        if (configured is not null && named.Length > 0)
            throw ErrorCodes.BadUsage.Because("--config names the endpoints, so --urls cannot");
        int patience = parsed.GetValue(appendWaits);
        if (
            patience is < 0 or > LongestWait
            || (patience > 0 && parsed.GetValue(witnesses) is null && parsed.GetValue(cluster) is null)
        )
            throw ErrorCodes.BadUsage.Because(
                $"--append-waits takes 0 to {LongestWait} seconds, and needs --witness-policy"
            );
        int? often = parsed.GetValue(pullEvery);
        if (often is < 0 or > LongestPull || (often is not null && !parsed.GetValue(readOnly)))
            throw ErrorCodes.BadUsage.Because($"--pull-every takes 0 to {LongestPull} seconds, and needs --read-only");
        return new ServerOptions
        {
            Ledger = parsed.GetRequiredValue(directory),
            Urls =
                configured is not null ? []
                : named.Length > 0 ? Checked(named, "--urls")
                : [ServerOptions.DefaultUrl],
            ConfigFile = configured,
            MetricsUrl = parsed.GetValue(metrics) is { } told ? Checked([told], "--metrics")[0] : null,
            Hosts = parsed.GetValue(hosts) ?? [],
            AccessFile = parsed.GetValue(access) is { } file ? Existing(file) : null,
            Quotas = parsed.GetValue(quotas) is { } limits ? Quotas.Read(Existing(limits)) : Quotas.None,
            AnonymousRead = parsed.GetValue(anonymousRead) is { } said ? said == "yes" : null,
            IsReadOnly = parsed.GetValue(readOnly),
            Witnesses = parsed.GetValue(witnesses) is { } policy ? PolicyOf(policy) : null,
            AppendWaits = TimeSpan.FromSeconds(patience),
            PullEvery = often is { } seconds ? TimeSpan.FromSeconds(seconds) : ServingOptions.Default.PullEvery,
            PathBase = prefix,
            PublicUrl = parsed.GetValue(publicUrl) is { } url ? Origin(url) : null,
            Verifier = parsed.GetValue(verifier),
            Docs = parsed.GetValue(docs),
        };
    }

    /// <summary>What they say of a cluster; null if the server is for one ledger.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="serving">What else they say.</param>
    /// <exception cref="TessraxException">TSX1012: they do not fit.</exception>
    public NodeOptions? ReadCluster(ParseResult parsed, ServerOptions serving)
    {
        string? database = parsed.GetValue(cluster);
        if (database is null)
            return silo.Given(parsed) is { } given
                ? throw ErrorCodes.BadUsage.Because($"{given} needs --cluster")
                : null;
        if (serving.Witnesses is not null)
            throw ErrorCodes.BadUsage.Because(
                "a policy names one ledger's log, and --cluster serves many",
                $"put it into the ledger's working copy on each node, as {NodeOptions.WitnessFile}"
            );
        if (!LedgerStores.IsAddress(database))
            throw ErrorCodes.BadUsage.Because(
                "--cluster takes the address of a database, as postgres://tessrax@db.example.com/ledgers"
            );
        if (PostgresStores.HasPassword(database))
            throw ErrorCodes.BadUsage.Because(
                "--cluster takes no password: whoever lists processes would see it as long as the node runs, and it is not written into working copies",
                "give it as $PGPASSWORD, or in ~/.pgpass"
            );
        return new NodeOptions
        {
            Database = database,
            Data = serving.Ledger,
            Silo = silo.Address(parsed),
            Certificates = silo.Certificates(parsed),
            Serving = serving,
        };
    }

    /// <summary>Where what happens is told.</summary>
    public ILogger Log(ParseResult parsed)
    {
        string? word = parsed.GetValue(log) ?? Environment.GetEnvironmentVariable("TESSRAX_LOG");
        int level = word is null ? -1 : ConsoleStyle.Levels.ToList().IndexOf(word);
        if (level < 0 || (LogLevel)level == LogLevel.None)
            return NullLogger.Instance;
        LogFormat format = parsed.GetValue(logFormat) == "json" ? LogFormat.Json : LogFormat.Text;
        return new ConsoleStyle(Console.OpenStandardError(), TimeProvider.System, (LogLevel)level, format);
    }

    private static Uri Origin(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? known)
        && (known.Scheme == Uri.UriSchemeHttps || known.Scheme == Uri.UriSchemeHttp)
        && known.AbsoluteUri == known.GetLeftPart(UriPartial.Authority) + "/"
        && known.UserInfo.Length == 0
            ? known
            : throw ErrorCodes.BadUsage.Because(
                $"--public-url '{url}' is no scheme and host such as https://ledger.example.com",
                "a path that stands before all others is named by --path-base"
            );

    /// <summary>The policy in a file.</summary>
    /// <exception cref="TessraxException">TSX3012: there is no file; TSX2008: it is none.</exception>
    internal static TlogPolicy PolicyOf(string file)
    {
        string text = DiskErrors.Reading(Existing(file), () => File.ReadAllText(file));
        try
        {
            return TlogPolicy.Parse(text);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(e.Code, $"{file}: {e.Message}", e.Hint, e);
        }
    }

    private static string Existing(string file) =>
        File.Exists(file) ? file : throw ErrorCodes.NoSuchFile.Because($"there is no file {file}");

    private static string[] Checked(string[] urls, string option)
    {
        foreach (string url in urls)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? known) || known.Scheme != Uri.UriSchemeHttp)
                throw ErrorCodes.BadUsage.Because(
                    $"{option} '{url}' is no address such as {ServerOptions.DefaultUrl}",
                    "https is named in a file, with its certificate: --config FILE"
                );
        }
        return urls;
    }
}
