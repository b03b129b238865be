using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Node.Stores;
using Tessrax.Server.Api;
using Tessrax.Server.Host;
using Tessrax.Server.Telemetry;
using Tessrax.Web;
using Tessrax.Web.Data;
using Tessrax.Web.Pages;

namespace Tessrax.Server.Cluster;

/// <summary>What a node answers at its own address: which ledgers and nodes there are, how it is, and below <c>/ledgers/NAME</c> each ledger as a server of its own would.</summary>
/// <param name="ledgers">The node's ledgers.</param>
/// <param name="roster">What the nodes told.</param>
/// <param name="options">Where it listens, and to whom.</param>
/// <param name="meters">What is measured.</param>
internal sealed class ClusterFront(NodeLedgers ledgers, NodeRoster roster, ServerOptions options, Meters meters)
{
    public const string Ledgers = "/ledgers";

    private const string TextType = "text/plain; charset=utf-8";

    // Nothing of it is kept from those who may read without a key; and a probe learns whether it should be asked.
    private static readonly string[] Own = ["/", Ledgers, "/healthz", "/readyz", MetricsListener.Path];

    private volatile TessraxException? leaving;

    /// <summary>From now on the node is not ready.</summary>
    public void Announce() => leaving = ErrorCodes.NotReady.Because("the node is about to leave");

    /// <summary>Answers a request.</summary>
    public async Task Answer(HttpContext http)
    {
        try
        {
            if (NameOf(http.Request.Path) is not { } name)
            {
                await AnswerOwn(http);
                Tracing.Tell(http, options.PathBase + Ledgers, null, meters.Node);
                return;
            }
            RequestFrame.RequireTarget(http);
            NodeLedger found =
                await ledgers.FindAsync(name)
                ?? throw ErrorCodes.NoSuchPage.Because(
                    $"there is no ledger {name} here",
                    $"{Ledgers} lists those that there are"
                );
            if (!await found.TryHandle(http.Features))
                throw ErrorCodes.NotReady.Because("the node is about to leave");
            Tracing.Tell(http, $"{options.PathBase}{Ledgers}/{{name}}", found.Measured, meters.Node);
        }
        catch (TessraxException e)
        {
            await Refuse(http, e);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
    }

    // Behind the prefix; null for what is the node's own.
    private string? NameOf(PathString path)
    {
        if (!path.StartsWithSegments(options.PathBase + Ledgers, StringComparison.Ordinal, out PathString rest))
            return null;
        string[] parts = (rest.Value ?? "").Split('/', 3);
        return parts.Length == 3 && parts[1].Length > 0 ? parts[1] : null;
    }

    private async Task AnswerOwn(HttpContext http)
    {
        RequestFrame.RequireTarget(http);
        RequestFrame.RequireHost(http, options);
        if (!http.Request.Path.StartsWithSegments(options.PathBase, StringComparison.Ordinal, out PathString own))
            own = http.Request.Path;
        string path = own.Value ?? "";
        if (path.Split('/') is ["", "assets", var hash, var file] && AssetFiles.Find(hash, file) is { } asset)
        {
            await Write(http, 200, asset.ContentType, asset.Bytes.ToArray());
            return;
        }
        if (!Own.Contains(path))
            throw ErrorCodes.NoSuchPage.Because(
                $"there is nothing at {http.Request.Path}",
                $"each ledger is below {options.PathBase}{Ledgers}/NAME; {options.PathBase}{Ledgers} lists them"
            );
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            throw ErrorCodes.WrongMethod.Because($"{path} does not take {http.Request.Method}");
        switch (path)
        {
            case "/healthz":
                await Write(http, 200, TextType, "ok\n"u8.ToArray());
                break;
            case "/readyz":
                await Write(http, leaving is null ? 200 : 503, BodyLimit.Json, Ready().ToCanonicalBytes());
                break;
            case MetricsListener.Path:
                // As a server of one ledger has it.
                if (!options.ReadsAreOpen || !options.IsLoopback)
                    throw ErrorCodes.KeyNeeded.Because(
                        "what is measured is not for everybody here",
                        "start the node with --metrics URL, which tells it at an address for those who measure; or let it be sent: OTEL_EXPORTER_OTLP_ENDPOINT"
                    );
                await MetricsListener.Write(http, meters);
                break;
            case "/":
                http.Response.Headers.Location = $"{options.PathBase}{Ledgers}";
                await Write(http, 303, TextType, []);
                break;
            default:
                if (!options.ReadsAreOpen)
                    throw ErrorCodes.KeyNeeded.Because(
                        "the list of ledgers is not for everybody here",
                        "each ledger says by its own access file who may read it"
                    );
                await WriteList(http, View(await ledgers.NamesAsync()));
                break;
        }
    }

    private async Task WriteList(HttpContext http, ClusterView view)
    {
        http.Response.Headers.Vary = "Accept";
        if (!http.Request.Headers.Accept.Any(line => (line ?? "").Contains("text/html", StringComparison.Ordinal)))
        {
            await Write(http, 200, BodyLimit.Json, view.ToJson().ToCanonicalBytes());
            return;
        }
        foreach ((string name, string value) in PageAnswers.Headers)
            http.Response.Headers[name] = value;
        byte[] page = await PageWriter.Write<ClusterPage>(("Base", options.PathBase), ("View", view));
        await Write(http, 200, BytesAnswer.Html, page);
    }

    private JsonValue Ready() =>
        JsonValue.Object(
            ("ready", leaving is null),
            ("nodes", roster.Nodes.Count),
            ("reason", leaving is { } reason ? JsonValue.String(reason.Code.ToString()) : null)
        );

    private ClusterView View(LedgerNames names)
    {
        IReadOnlyList<(SiloAddress Silo, NodeReport? Told)> nodes = roster.Nodes;
        return new ClusterView(
            [.. names.All.Select(one => Of(one.Name, one.Ledger, nodes))],
            [
                .. nodes.Select(node => new ClusterPeer(
                    TextOf(node.Silo),
                    node.Told?.Url is { Length: > 0 } url ? url : null,
                    node.Told?.IsDraining == true
                )),
            ]
        );
    }

    private ClusterLedger Of(
        string name,
        StoredLedger ledger,
        IReadOnlyList<(SiloAddress Silo, NodeReport? Told)> nodes
    )
    {
        string id = ledger.Id.ToHex();
        (string Node, CopyReport Copy)[] copies =
        [
            .. nodes.SelectMany(node =>
                (node.Told?.Copies ?? []).Where(copy => copy.Id == id).Select(copy => (TextOf(node.Silo), copy))
            ),
        ];
        return new ClusterLedger(
            name,
            $"{options.PathBase}{Ledgers}/{name}/",
            ledger,
            copies.FirstOrDefault(one => one.Copy.IsOwner).Node,
            options.Quotas.Of(ledger.Origin).ToJson(),
            [
                .. copies.Select(one => new ClusterCopy(
                    one.Node,
                    one.Copy.Size < 0 ? null : one.Copy.Size,
                    one.Copy.HasKeys,
                    one.Copy.Problem
                )),
            ]
        );
    }

    private static string TextOf(SiloAddress silo) =>
        string.Create(CultureInfo.InvariantCulture, $"{silo.Endpoint}@{silo.Generation}");

    private static async Task Refuse(HttpContext http, TessraxException problem)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        int status = Problem.StatusOf(problem);
        if (status == 503)
            http.Response.Headers.RetryAfter = "1";
        await Write(http, status, Problem.ContentType, Problem.ToJson(problem, status, null).ToCanonicalBytes());
    }

    private static async Task Write(HttpContext http, int status, string type, byte[] body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "no-store";
        AnswerWriter.Guard(http.Response, isForOtherSites: false);
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
