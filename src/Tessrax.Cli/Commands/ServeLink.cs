using System.CommandLine;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Cli.Commands;

/// <summary><c>serve link URL --key FILE</c>: a link that signs a browser in once.</summary>
internal static class ServeLink
{
    private const string Target = "/v1/links";
    private const int MostBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create(CliContext context)
    {
        Argument<string> url = new("URL") { Description = "the server" };
        Option<string> key = new("--key")
        {
            Description = "an access key that the server's access file names",
            HelpName = "FILE",
            Required = true,
        };
        Option<string?> passphrase = KeysGroup.PassphraseFile();
        var verb = new Verb(
            "link",
            "Print a link that signs a browser in, once",
            "tessraxctl serve link http://127.0.0.1:8420 --key ci.key"
        )
        {
            url,
            key,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            string named = parsed.GetRequiredValue(url).TrimEnd('/');
            if (
                !Uri.TryCreate(named, UriKind.Absolute, out Uri? server)
                || !server.Scheme.StartsWith("http", StringComparison.Ordinal)
            )
                throw ErrorCodes.BadUsage.Because($"'{named}' is no address such as http://127.0.0.1:8420");
            using PrivateKey opened = RemoteOptions.Unlock(
                context,
                parsed.GetRequiredValue(key),
                parsed.GetValue(passphrase)
            );
            JsonValue answer = Ask(context, named, server, opened);
            context.WriteJson(() => answer);
            context.Line(Tone.Strong, answer["link"]!.AsString());
            context.Notice("it works once, within five minutes");
            return 0;
        });
        return verb;
    }

    private static JsonValue Ask(CliContext context, string named, Uri server, PrivateKey key)
    {
        using var client = new HttpClient { Timeout = Patience, MaxResponseContentBufferSize = MostBytes };
        try
        {
            // Which ledger and which run it is, a refusal tells.
            using HttpResponseMessage asked = Send(client, named, null);
            AccessToken token = Sign(context, server, asked, key);
            using HttpResponseMessage answer = Send(client, named, token);
            byte[] body = answer.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
            var json = JsonValue.Parse(body);
            if (answer.IsSuccessStatusCode && json["link"] is { Kind: JsonKind.String })
                return json;
            throw Refused(json);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw new TessraxException(ErrorCodes.CannotFetch, $"{named} cannot be asked: {e.Message}", inner: e);
        }
    }

    private static HttpResponseMessage Send(HttpClient client, string named, AccessToken? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, named + Target);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.ToText());
        return client.Send(request);
    }

    private static AccessToken Sign(CliContext context, Uri server, HttpResponseMessage refused, PrivateKey key)
    {
        string challenge =
            refused.Headers.WwwAuthenticate.FirstOrDefault(one => one.Scheme == "Bearer")?.Parameter ?? "";
        if (!Digest.TryParse(Named(challenge, "realm"), out Digest ledger))
            throw ErrorCodes.CannotFetch.Because($"{server} is no Tessrax server: it names no ledger to sign for");
        return new AccessToken
        {
            Ledger = ledger,
            Server = Named(challenge, "server"),
            Key = key.PublicKey.Id,
            Method = "POST",
            Target = server.AbsolutePath.TrimEnd('/') + Target,
            Body = new Digest(SHA256.HashData([])),
            IssuedAt = UtcTime.Now(context.Time),
            Nonce = Convert.ToBase64String(Nonce(context)),
        }.Sign(bytes => key.Sign(bytes));
    }

    private static byte[] Nonce(CliContext context)
    {
        var nonce = new byte[AccessToken.RandomBytes];
        context.Random(nonce);
        return nonce;
    }

    private static string Named(string challenge, string name)
    {
        string[] parts = challenge.Split($"{name}=\"");
        return parts.Length == 2 ? parts[1].Split('"')[0] : "";
    }

    private static TessraxException Refused(JsonValue problem)
    {
        string code = problem["code"] is { Kind: JsonKind.String } named ? named.AsString() : "";
        string detail = problem["detail"] is { Kind: JsonKind.String } said ? said.AsString() : "it does not say why";
        ErrorCode? known = ErrorCodes.All.FirstOrDefault(one => one.ToString() == code);
        return (known ?? ErrorCodes.CannotFetch).Because($"the server refuses: {detail}");
    }
}
