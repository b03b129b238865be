using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Evidence;
using Tessrax.Node.Reading;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>A request that was let in: who sent it, and what it says. Its body has been read whole.</summary>
/// <exception cref="TessraxException">As the constructor of <see cref="QueryText"/>: also where nobody asks, what is not declared is refused.</exception>
internal sealed class ApiCall(
    HttpContext http,
    IServiceProvider services,
    ApiRoute route,
    Principal who,
    ReadOnlyMemory<byte> body
)
{
    /// <summary>The address.</summary>
    public ApiRoute Route => route;

    public ServedLedger Ledger => Get<ServedLedger>();

    public NodeEnvironment Environment => Get<NodeEnvironment>();

    public Principal Who => who;

    /// <summary>The client went away.</summary>
    public CancellationToken Cancellation => http.RequestAborted;

    /// <summary>The server is about to end: what goes on for long must end by itself.</summary>
    public CancellationToken Ending => Get<Drain>().Ending;

    /// <summary>The body as it was received; empty without one. It lives until the answer was written.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Receives a body that goes to disk, and holds it to what was signed; of a request of a session, nothing is known to be the sender's before. It is given the ledger's directory. Set where <see cref="BodyLimit.IsReceived"/> says so.</summary>
    public Func<string, Task<EvidenceCopy>> Receive { get; init; } =
        static _ => throw new InvalidOperationException("the body is in memory");

    /// <summary>The media type of the body, without parameters.</summary>
    public string ContentType => RequestBody.TypeOf(http.Request);

    /// <summary>The request itself, for what is not covered here.</summary>
    public HttpContext Http => http;

    /// <summary>What stands after the question mark.</summary>
    public QueryText Query { get; } =
        new(route.Query, http.Request.QueryString.Value is { Length: > 1 } raw ? raw[1..] : "");

    /// <summary>What stands before every path: <c>--path-base</c>, where the request has it.</summary>
    public string Base => http.Request.PathBase.Value ?? "";

    /// <summary>Whether the client would rather have one media type than the other, which it gets if it does not say.</summary>
    public bool Prefers(string type, string usual)
    {
        string[] accepted =
        [
            .. http
                .Request.Headers.Accept.SelectMany(line => (line ?? "").Split(','))
                .Select(one => one.Split(';')[0].Trim()),
        ];
        int wanted = Array.IndexOf(accepted, type);
        int other = Array.IndexOf(accepted, usual);
        return wanted >= 0 && (other < 0 || wanted < other);
    }

    /// <summary>The address with all parameters that say what a list is of, and not which part of it.</summary>
    public string Filters => $"{http.Request.Path}?{Query.Except(ApiParameter.Cursor.Name, "limit")}";

    /// <summary>A service of the server.</summary>
    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>A service that not every server has.</summary>
    public T? Find<T>()
        where T : class => services.GetService<T>();

    /// <summary>A part of the path.</summary>
    public string Part(string name) => (string?)http.Request.RouteValues[name] ?? "";

    /// <summary>A part of the path that is a number.</summary>
    /// <exception cref="TessraxException">TSX6005.</exception>
    public long Index(string name) =>
        QueryText.TryInteger(Part(name), out long value)
            ? value
            : throw ErrorCodes.RequestRefused.Because(
                $"'{Part(name)}' is not a number in decimal without leading zeros"
            );

    /// <summary>The body as JSON.</summary>
    /// <exception cref="TessraxException">TSX1001 and others: it is none.</exception>
    public JsonValue Json() => JsonValue.Parse(body.Span);

    /// <summary>A header that may come once; null without it.</summary>
    /// <exception cref="TessraxException">TSX6005: it comes twice.</exception>
    public string? Header(string name) =>
        http.Request.Headers[name] switch
        {
            [] => null,
            [var one] => one,
            _ => throw ErrorCodes.RequestRefused.Because($"the header {name} comes twice"),
        };

    /// <summary>The document of a moment: the members, and the size beside them.</summary>
    public static JsonAnswer Of(LedgerMoment moment, JsonValue value) =>
        new(value.With("size", moment.Size)) { Size = moment.Size };

    /// <summary>The same of a folded view.</summary>
    public static JsonAnswer Of(LedgerView view, JsonValue value) =>
        new(value.With("size", view.Size)) { Size = view.Size };

    /// <summary>A receipt as lists and streams tell it.</summary>
    public static JsonValue Told(LedgerMoment moment, Receipt receipt) =>
        ReceiptText.ToJson(receipt, moment.Hasher).With("summary", ReceiptText.Summary(receipt));

    /// <summary>A number as paths have it.</summary>
    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
