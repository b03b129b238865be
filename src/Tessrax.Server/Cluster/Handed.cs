using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Tessrax.Hashing;
using Tessrax.Server.Access;
using Tessrax.Server.Api;

namespace Tessrax.Server.Cluster;

/// <summary>A request that a node has let in, on its way to the node that writes the ledger. Its secrets stay behind: it says who was let in.</summary>
[GenerateSerializer]
[Alias("tessrax.request.v1")]
internal sealed record HandedRequest
{
    // What a token, a cookie or a connection says is judged where it came in.
    private static readonly string[] Left =
    [
        "Authorization",
        "Cookie",
        "Connection",
        "Keep-Alive",
        "Transfer-Encoding",
        Trace,
    ];

    // Of the W3C: which span this is part of.
    private const string Trace = "traceparent";

    [Id(0)]
    public required string Method { get; init; }

    /// <summary>As it was sent.</summary>
    [Id(1)]
    public required string Target { get; init; }

    /// <summary>The same without escapes and without what stands after the question mark.</summary>
    [Id(2)]
    public required string Path { get; init; }

    [Id(3)]
    public required string Scheme { get; init; }

    [Id(4)]
    public required KeyValuePair<string, string[]>[] Headers { get; init; }

    [Id(5)]
    public required byte[] Body { get; init; }

    /// <summary>The client's address.</summary>
    [Id(6)]
    public required byte[] Address { get; init; }

    /// <summary>As <see cref="Principal"/>.</summary>
    [Id(7)]
    public required string Name { get; init; }

    [Id(8)]
    public byte[]? Key { get; init; }

    [Id(9)]
    public required int Roles { get; init; }

    [Id(10)]
    public required bool IsCookie { get; init; }

    /// <summary>Of a request that was let in here.</summary>
    public static HandedRequest Of(ApiCall call)
    {
        HttpRequest request = call.Http.Request;
        return new HandedRequest
        {
            Method = request.Method,
            Target = call.Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            Path = request.PathBase.Add(request.Path).Value ?? "/",
            Scheme = request.Scheme,
            Headers =
            [
                .. request
                    .Headers.Where(header => !Left.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                    .Select(header => new KeyValuePair<string, string[]>(header.Key, header.Value.ToArray()!)),
                // The span there is below the one here.
                .. Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } span }
                    ? [new KeyValuePair<string, string[]>(Trace, [span])]
                    : Array.Empty<KeyValuePair<string, string[]>>(),
            ],
            Body = call.Body.ToArray(),
            Address = call.Http.Connection.RemoteIpAddress?.GetAddressBytes() ?? [],
            Name = call.Who.Name,
            Key = call.Who.Key?.Span.ToArray(),
            Roles = (int)call.Who.Roles,
            IsCookie = call.Who.IsCookie,
        };
    }

    /// <summary>The request, for a server of this process.</summary>
    /// <param name="answer">Where the answer's body goes.</param>
    public FeatureCollection ToFeatures(Stream answer)
    {
        var headers = new HeaderDictionary();
        foreach ((string name, string[] values) in Headers)
            headers[name] = values;
        int question = Target.IndexOf('?', StringComparison.Ordinal);
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(
            new HttpRequestFeature
            {
                Method = Method,
                Scheme = Scheme,
                Protocol = HttpProtocol.Http11,
                RawTarget = Target,
                Path = Path,
                QueryString = question < 0 ? "" : Target[question..],
                Headers = headers,
                Body = new MemoryStream(Body, writable: false),
            }
        );
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        features.Set<IHttpRequestBodyDetectionFeature>(new HasBody(Body.Length > 0));
        features.Set<IHttpConnectionFeature>(
            new HttpConnectionFeature { RemoteIpAddress = Address.Length > 0 ? new IPAddress(Address) : null }
        );
        features.Set(
            new LetInElsewhere(new Principal(Name, Key is null ? null : new Digest(Key), (Roles)Roles, IsCookie))
        );
        return features;
    }

    private sealed record HasBody(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;
}

/// <summary>What the node that writes the ledger answered.</summary>
[GenerateSerializer]
[Alias("tessrax.answer.v1")]
internal sealed record HandedAnswer
{
    [Id(0)]
    public required int Status { get; init; }

    [Id(1)]
    public required KeyValuePair<string, string>[] Headers { get; init; }

    [Id(2)]
    public required byte[] Body { get; init; }

    /// <summary>How many entries are durable now, those among them that the answer tells of.</summary>
    [Id(3)]
    public required long Size { get; init; }

    /// <summary>The number of the error that it tells; 0 for none.</summary>
    [Id(4)]
    public int Code { get; init; }

    /// <summary>A refusal.</summary>
    public static HandedAnswer Of(TessraxException problem)
    {
        int status = Problem.StatusOf(problem);
        return new HandedAnswer
        {
            Status = status,
            Headers =
            [
                new("Content-Type", Problem.ContentType),
                new("Cache-Control", "no-store"),
                .. status == 503
                    ? [new KeyValuePair<string, string>("Retry-After", "1")]
                    : Array.Empty<KeyValuePair<string, string>>(),
            ],
            Body = Problem.ToJson(problem, status, null).ToCanonicalBytes(),
            Size = 0,
            Code = problem.Code.Number,
        };
    }
}
