using System.Globalization;
using System.Text;
using Tessrax.Tests.Fuzz;

namespace Tessrax.Server.Tests.Attack;

/// <summary>A request that a server would answer well, spoilt in some ways: types, sizes, encodings, methods, headers, framing.</summary>
internal sealed class OddRequest
{
    private static readonly string[] Methods =
    [
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "DELETE",
        "PATCH",
        "OPTIONS",
        "TRACE",
        "CONNECT",
        "get",
        "FOO",
        "PROPFIND",
        "M-SEARCH",
        new('A', 300),
    ];

    private static readonly string[] Numbers =
    [
        "-1",
        "0",
        "00",
        "01",
        "+1",
        "1.0",
        "1e3",
        "1_000",
        "0x10",
        "9007199254740991",
        "9007199254740992",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999",
        "NaN",
        "null",
        "true",
        "",
        "%31",
        "1%20",
        "\u0661",
        "\uFF11",
    ];

    private static readonly string[] Texts =
    [
        "",
        "%",
        "%zz",
        "%00",
        "%0d%0aX:%20y",
        "%2e%2e",
        "..",
        ".",
        "%2f",
        "%5c",
        "%c3%28",
        "%ff",
        "%ed%a0%80",
        "%F0%9F%98%80",
        "%E2%80%AE",
        "a%2Bb",
        "*",
        "(((",
        "\"",
        "'%20OR%201=1--",
        "${jndi:x}",
        "<script>",
        "{index}",
        "%25%30%30",
        "~",
        ";x=1",
        new('a', 3000),
        new('(', 800),
        "event:",
        "a%20AND%20b%20OR",
        "NOT%20NOT%20a",
        "a*%20b*%20c*",
        "recorded:..",
        "\"%22%22\"",
        string.Concat(Enumerable.Repeat("a%20OR%20", 400)) + "b",
    ];

    private static readonly string[] BadHeaders =
    [
        "Host: localhost",
        "Host: ",
        "Content-Type: text/plain",
        "Content-Type: application/json; charset=utf-16",
        "Content-Type: application/json",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Encoding: gzip",
        "Authorization: Basic YTpi",
        "Authorization: Bearer",
        "Authorization: Bearer AAAA",
        "Authorization: Tessrax-Session",
        "Authorization: Tessrax-Session id=\"\",seq=\"1\",mac=\"\"",
        "Cookie: tessrax=AAAA",
        "Cookie: ;;;=;tessrax",
        "Accept: */*;q=x",
        "Accept: text/plain",
        "Accept-Encoding: gzip;q=nan, *;q=0",
        "If-None-Match: *",
        "If-None-Match: \"",
        "If-Match: \"x\"",
        "If-Modified-Since: yesterday",
        "Range: bytes=0-0,-1",
        "Expect: 100-continue",
        "Expect: nothing",
        "Idempotency-Key: ",
        "Idempotency-Key: a b",
        "Idempotency-Key: once",
        "Idempotency-Key: \u00E9",
        "Last-Event-ID: -1",
        "Last-Event-ID: 5",
        "Last-Event-ID: 99999999999999999999",
        "Upgrade: websocket",
        "Connection: upgrade",
        "Connection: close",
        "Transfer-Encoding: gzip",
        "X-Forwarded-For: 10.0.0.1",
        "X-HTTP-Method-Override: DELETE",
        "No colon",
        ": no name",
        " folded: x",
        "X-Control: a\u0001b",
        "X-Long: " + new string('x', 20_000),
        "Content-Length: -1",
        "Content-Length: 5",
        "Content-Length: 99999999999999999999",
        "Content-Length: +2",
        "TE: trailers",
        "Trailer: X",
        "traceparent: 00-x",
        "baggage: " + new string('%', 500),
    ];

    private readonly FuzzHome home;
    private readonly Random random;
    private readonly List<string> headers = ["Host: localhost"];
    private readonly List<(string Name, string Value)> query = [];
    private string path;
    private string version = "HTTP/1.1";
    private string? role;
    private string? type;
    private byte[] body = [];
    private Framing framing = Framing.Length;

    private OddRequest(FuzzHome home, FuzzOperation operation, Random random)
    {
        (this.home, this.random, Operation) = (home, random, operation);
        Method = operation.Method;
        role = operation.Role;
        path = operation.Path;
        foreach (FuzzParameter one in operation.Parameters)
        {
            if (one.In == "path")
                path = path.Replace(
                    $"{{{one.Name}}}",
                    Pick(home.ValuesOf(operation, one.Name)),
                    StringComparison.Ordinal
                );
            else if (one.In == "query" && (one.IsRequired || random.Next(3) == 0))
                query.Add((one.Name, GoodValue(one)));
        }
        if (home.BodiesOf(operation.Id) is { Length: > 0 } bodies)
            (body, type) = (Pick(bodies), Pick([.. operation.BodyTypes]));
    }

    private enum Framing
    {
        Length,
        Chunks,
        TooMuch,
        TooLittle,
        Both,
        BadChunks,
    }

    public FuzzOperation Operation { get; }

    public string Method { get; private set; }

    /// <summary>Whether it may be no HTTP any more, so that Kestrel refuses it in its own way.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether more is promised than comes, so that whoever sent it has to hang up.</summary>
    public bool IsCut => framing is Framing.TooMuch or Framing.BadChunks || headers.Exists(IsAboutLength);

    /// <summary>As it is sent.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>For a message: the head, and the beginning of the body.</summary>
    public override string ToString() => Encoding.Latin1.GetString(Bytes.AsSpan(0, Math.Min(Bytes.Length, 1500)));

    /// <summary>Makes one.</summary>
    public static OddRequest Make(FuzzHome home, Random random)
    {
        var request = new OddRequest(home, home.Operations[random.Next(home.Operations.Count)], random);
        for (int faults = random.Next(4); faults > 0; faults--)
            request.Spoil();
        request.Bytes = request.Write();
        return request;
    }

    private void Spoil()
    {
        switch (random.Next(9))
        {
            case 0 when random.Next(3) == 0:
                Method = Pick(Methods);
                IsBroken |= Method == "CONNECT";
                break;
            case 1:
                SpoilPath();
                break;
            case 2 or 3:
                SpoilQuery();
                break;
            case 4 when random.Next(2) == 0:
                headers.Add(Pick(BadHeaders));
                IsBroken = true;
                break;
            case 5 or 6 when body.Length > 0 || random.Next(4) == 0:
                body = SpoiltBody();
                break;
            case 7 when random.Next(3) == 0:
                framing = (Framing)random.Next(6);
                IsBroken |= framing is not Framing.Length and not Framing.Chunks;
                break;
            case 8 when random.Next(3) == 0:
                role = Pick([null, "reader", "submitter", "approver", "operator"]);
                break;
            case 8 when random.Next(8) == 0:
                version = Pick(["HTTP/1.0", "HTTP/2.0", "HTTP/1.9", "HTTP/x", "", "SMTP/1.1"]);
                IsBroken = true;
                break;
        }
    }

    private static bool IsAboutLength(string header) =>
        header.StartsWith("Content-Length", StringComparison.Ordinal)
        || header.StartsWith("Transfer-Encoding", StringComparison.Ordinal);

    private void SpoilPath()
    {
        int slash = path.LastIndexOf('/');
        path = random.Next(6) switch
        {
            0 => path[..(slash + 1)] + Pick(Numbers),
            1 => path[..(slash + 1)] + Pick(Texts),
            2 => $"{path}/{Pick(Texts)}",
            3 => path.ToUpperInvariant(),
            4 => path.Replace(
                "/v1",
                Pick(["", "/v2", "/v1/", "//v1", "/./v1", "http://localhost/v1", "/%76%31"]),
                StringComparison.Ordinal
            ),
            _ => path + Pick(["/", "//", "?", "#x", ";x", "%20", "."]),
        };
    }

    private void SpoilQuery()
    {
        int at = random.Next(query.Count + 1);
        string name =
            at < query.Count
                ? query[at].Name
                : Pick(["index", "q", "cursor", "limit", "", "%71", "undeclared", "trust"]);
        string value = Pick(random.Next(2) == 0 ? Numbers : Texts);
        if (at < query.Count && random.Next(3) > 0)
            query[at] = (name, random.Next(3) == 0 ? Changed(query[at].Value) : value);
        else
            query.Add((name, value));
        if (random.Next(30) == 0)
            query.AddRange(Enumerable.Repeat((name, value.Length < 50 ? value : ""), 80));
    }

    private string Changed(string value) =>
        Uri.EscapeDataString(
            Encoding.Latin1.GetString(
                ByteMutator.Mutate(
                    Encoding.Latin1.GetBytes(Uri.UnescapeDataString(value)),
                    "()*:\""u8.ToArray(),
                    random
                )
            )
        );

    private byte[] SpoiltBody() =>
        random.Next(8) switch
        {
            < 4 when JsonMutator.Mutate(body, Pick(Others()), random) is { } changed => changed,
            < 6 => ByteMutator.Mutate(body, Pick(Others()), random),
            6 => Pick<byte[]>([
                [],
                "null"u8.ToArray(),
                "[]"u8.ToArray(),
                "{}"u8.ToArray(),
                [0xEF, 0xBB, 0xBF, .. body],
                Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body)),
                Encoding.ASCII.GetBytes(new string('[', 5000)),
                Encoding.ASCII.GetBytes($"{{\"event\":\"x-{new string('a', 500)}\",\"data\":1}}"),
                [.. body, .. body],
                [0xFF, 0xFE, .. body],
                "{\"a\":1,\"a\":2}"u8.ToArray(),
                "\"\\ud800\""u8.ToArray(),
                "1e999"u8.ToArray(),
            ]),
            _ => random.Next(20) == 0 ? new byte[70_000 + random.Next(3) * 600_000] : body,
        };

    private byte[][] Others() =>
        home.BodiesOf(home.Operations[random.Next(home.Operations.Count)].Id) is { Length: > 0 } some
            ? some
            : ["{}"u8.ToArray()];

    private string GoodValue(FuzzParameter parameter) =>
        parameter.Schema["enum"] is { } words ? words.Items[random.Next(words.Items.Length)].AsString()
        : parameter.Name is "q" or "event" ? Uri.EscapeDataString(Pick(home.ValuesOf(Operation, parameter.Name)))
        : Pick(home.ValuesOf(Operation, parameter.Name));

    private byte[] Write()
    {
        string target =
            query.Count == 0 ? path : $"{path}?{string.Join('&', query.Select(one => $"{one.Name}={one.Value}"))}";
        bool hasBody = body.Length > 0 || framing is Framing.Chunks or Framing.TooMuch or Framing.BadChunks;
        // A session would end with it, and with it all that others send.
        bool mayProve = role is not null && !path.Contains("sessions/current", StringComparison.OrdinalIgnoreCase);
        var head = new StringBuilder($"{Method} {target} {version}\r\n");
        // Nor does Kestrel hand on a path with a NUL in it, one of another host, or, on .NET 9, one with a fragment, which is no request's (RFC 9112, 3.2).
        IsBroken |=
            target.Any(c => c is <= ' ' or > '~' or '#')
            || path.Contains("%00", StringComparison.Ordinal)
            || path[0] != '/';
        foreach (string header in headers)
            head.Append(header).Append("\r\n");
        if (type is not null && hasBody)
            head.Append($"Content-Type: {type}\r\n");
        if (mayProve)
            head.Append($"Authorization: {home.Authorization(role!, Method, target, body)}\r\n");
        using var all = new MemoryStream();
        string length = framing switch
        {
            Framing.Chunks or Framing.BadChunks => "Transfer-Encoding: chunked\r\n",
            Framing.Both => $"Content-Length: {body.Length}\r\nTransfer-Encoding: chunked\r\n",
            Framing.TooMuch => $"Content-Length: {body.Length + 1 + random.Next(1000)}\r\n",
            Framing.TooLittle when hasBody => $"Content-Length: {random.Next(body.Length)}\r\n",
            _ when hasBody => $"Content-Length: {body.Length}\r\n",
            _ => "",
        };
        all.Write(Encoding.Latin1.GetBytes(head.Append(length).Append("\r\n").ToString()));
        if (framing is Framing.Chunks or Framing.Both or Framing.BadChunks)
            WriteChunks(all);
        else
            all.Write(body);
        return all.ToArray();
    }

    private void WriteChunks(MemoryStream to)
    {
        bool isBad = framing == Framing.BadChunks;
        for (int at = 0; at < body.Length; )
        {
            int part = Math.Min(1 + random.Next(2000), body.Length - at);
            string size =
                isBad && random.Next(3) == 0
                    ? Pick(["-1", "zz", "FFFFFFFFFFFFFFFF", "", "0x5"])
                    : part.ToString("X", CultureInfo.InvariantCulture);
            to.Write(Encoding.ASCII.GetBytes($"{size}{(random.Next(4) == 0 ? ";x=y" : "")}\r\n"));
            to.Write(body, at, part);
            to.Write("\r\n"u8);
            at += part;
        }
        to.Write(isBad ? "0\r\nX: y"u8 : "0\r\n\r\n"u8);
    }

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
