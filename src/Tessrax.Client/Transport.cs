using System.Net.Http.Headers;
using System.Security.Authentication;
using Tessrax.Hashing;

namespace Tessrax.Client;

/// <summary>Sends requests, signs those that must be, bounds what comes back, and turns refusals into errors with the server's codes.</summary>
internal sealed class Transport : IDisposable
{
    private const int MostOfProblem = 64 * 1024;
    private const int MostTries = 4;
    private const int MostMends = 8;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(2);

    private readonly HttpClient http;
    private readonly ClientOptions options;
    private readonly AccessSigner? signer;
    private readonly SessionKeeper? sessions;
    private volatile bool signsReads;

    public Transport(Uri server, AccessSigner? signer, ClientOptions options)
    {
        Server = server;
        this.signer = signer;
        this.options = options;
        var network = new SocketsHttpHandler
        {
            // A token is for one server: whoever redirects is asked by their own address.
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        http = new HttpClient(options.Between?.Invoke(network) ?? network) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("tessrax");
        if (signer is not null)
            sessions = new SessionKeeper(this, options.Clock);
    }

    /// <summary>The server, with a slash at its end.</summary>
    public Uri Server { get; }

    /// <summary>Whether nobody reads along: over TLS, or on this machine.</summary>
    public bool IsPrivate => Server.Scheme == Uri.UriSchemeHttps || Server.IsLoopback;

    public ValueTask<Answered> GetAsync(string path, CancellationToken cancel, int most = Asking.MostOfList) =>
        SendAsync(new Asking(HttpMethod.Get, path) { Most = most }, cancel);

    /// <summary>Asks, and asks again where that is safe and the server says that it is of use.</summary>
    /// <exception cref="TessraxException">TSX3016: no answer, or one that cannot be read; the server's own code: it refused.</exception>
    public async ValueTask<Answered> SendAsync(Asking asking, CancellationToken cancel)
    {
        var mended = new HashSet<ErrorCode>();
        int mends = 0;
        for (int waits = 1; ; )
        {
            Outcome outcome = await TryAsync(asking, cancel).ConfigureAwait(false);
            if (outcome.Answer is { } answer)
                return answer;
            // What is mended is no wait: a server that comes back late has forgotten the session, too.
            if (mends < MostMends && Mends(outcome, mended))
            {
                mends++;
                continue;
            }
            if (waits++ == MostTries || !asking.MayRepeat || outcome.Wait is not { } wait || wait > LongestWait)
                throw outcome.Error!;
            await Task.Delay(wait, options.Clock, cancel).ConfigureAwait(false);
            mended.Clear();
        }
    }

    // Whether what was wrong with how it was signed is right now: each fault once, until something was waited for.
    private bool Mends(Outcome outcome, HashSet<ErrorCode> mended)
    {
        if (signer is null || outcome is not { Status: 401, Code: { } fault } || !mended.Add(fault))
            return false;
        // Nothing was done: the server has forgotten the session, perhaps with all that it knew.
        if (outcome.Session is { } session)
            sessions!.Drop(session);
        else if (fault == ErrorCodes.KeyNeeded && !signsReads)
            signsReads = true;
        else if (fault == ErrorCodes.OtherRun && outcome.Run is { } run)
            signer.Run = run;
        else if (fault == ErrorCodes.TokenTime && outcome.Date is { } date)
            signer.Follow(date);
        else
            return false;
        return true;
    }

    public void Dispose()
    {
        sessions?.End();
        http.Dispose();
    }

    /// <summary>Asks once, with the key's own signature.</summary>
    /// <returns>The answer; null if it is none that is of use.</returns>
    public async ValueTask<Answered?> TrySignedAsync(Asking asking, CancellationToken cancel) =>
        (await TryAsync(asking, null, cancel).ConfigureAwait(false)).Answer;

    /// <summary>What another program sends as <c>Authorization</c> with such a request, once: the key's own signature.</summary>
    public async ValueTask<string> SignAsync(
        string method,
        Uri address,
        ReadOnlyMemory<byte> body,
        CancellationToken cancel
    )
    {
        if (signer!.Run is null)
            await LearnRunAsync(cancel).ConfigureAwait(false);
        return signer.Authorize(method, address.PathAndQuery, HashEngine.Sha256.Hash(body.Span));
    }

    /// <summary>Asks once and waits, for what is said in parting: whatever comes of it.</summary>
    public void Part(Asking asking, ClientSession session)
    {
        using var clock = new CancellationTokenSource(ShortestWait);
        try
        {
            using HttpRequestMessage request = Request(asking);
            Sign(request, session.Authorize(asking.Method.Method, request.RequestUri!.PathAndQuery, asking.Digest));
            http.Send(request, HttpCompletionOption.ResponseHeadersRead, clock.Token).Dispose();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // It ends by itself.
        }
    }

    private async ValueTask<Outcome> TryAsync(Asking asking, CancellationToken cancel)
    {
        if (signer is null || (asking.Method == HttpMethod.Get && !signsReads))
            return await AskAsync(asking, null, cancel).ConfigureAwait(false);
        // A file may take so long that its number in a session is forgotten.
        ClientSession? session = asking.File is null
            ? await sessions!.CurrentAsync(cancel).ConfigureAwait(false)
            : null;
        return await TryAsync(asking, session, cancel).ConfigureAwait(false) with { Session = session };
    }

    // Signed by a session, or by the key itself.
    private async ValueTask<Outcome> TryAsync(Asking asking, ClientSession? session, CancellationToken cancel)
    {
        if (session is not null)
            return await AskAsync(asking, session.Authorize, cancel).ConfigureAwait(false);
        if (signer!.Run is null)
            await LearnRunAsync(cancel).ConfigureAwait(false);
        return await AskAsync(asking, signer.Authorize, cancel).ConfigureAwait(false);
    }

    private async ValueTask<Outcome> AskAsync(Asking asking, Authorizing? authorize, CancellationToken cancel)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        TimeSpan patience = options.Timeout + (asking.File?.Patience ?? TimeSpan.Zero);
        clock.CancelAfter(patience);
        try
        {
            using HttpRequestMessage request = Request(asking);
            if (authorize is not null)
                Sign(request, authorize(asking.Method.Method, request.RequestUri!.PathAndQuery, asking.Digest));
            using HttpResponseMessage response = await http.SendAsync(
                    request,
                    HttpCompletionOption.ResponseHeadersRead,
                    clock.Token
                )
                .ConfigureAwait(false);
            int status = (int)response.StatusCode;
            bool isGood = status is >= 200 and < 300;
            if (isGood && asking.Reads is { } reads)
                return await ReadOnAsync(response, reads, clock, cancel).ConfigureAwait(false);
            byte[] bytes = await ReadAsync(response.Content, isGood ? asking.Most : MostOfProblem, clock.Token)
                .ConfigureAwait(false);
            return isGood
                ? new Outcome { Status = status, Answer = new Answered(status, bytes, response.Headers) }
                : Refusal(asking, response, bytes);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // As long again would be too long.
            return new Outcome
            {
                Error = ErrorCodes.CannotFetch.Because(
                    $"{Server}{asking.Path} did not answer within {patience.TotalSeconds:0.#} seconds"
                ),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Failed(NoAnswer(asking.Path, e));
        }
    }

    // How long nothing may come is then for the reader to say.
    private static async ValueTask<Outcome> ReadOnAsync(
        HttpResponseMessage response,
        Func<Stream, CancellationToken, ValueTask> reads,
        CancellationTokenSource clock,
        CancellationToken cancel
    )
    {
        clock.CancelAfter(Timeout.InfiniteTimeSpan);
        Stream stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            await reads(stream, cancel).ConfigureAwait(false);
        return new Outcome { Answer = new Answered((int)response.StatusCode, [], response.Headers) };
    }

    // The platform tells of a certificate within what it tells of the connection; .NET 11 within one more.
    private TessraxException NoAnswer(string path, Exception e)
    {
        bool isUntrusted = e.InnerException is AuthenticationException;
        string? hint =
            isUntrusted
                ? "if the server's certificate is by an authority of your own, name a PEM file with that authority's certificate in $SSL_CERT_FILE; otherwise somebody may stand between you and it"
            : Server.Scheme == Uri.UriSchemeHttp
            && e is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }
                ? "if the server speaks TLS, its URL begins with https://; see that it is a Tessrax server that listens there"
            : null;
        return new TessraxException(
            ErrorCodes.CannotFetch,
            $"asking {Server}{path} failed: {(isUntrusted ? e.GetBaseException().Message : e.Message)}",
            hint,
            e
        );
    }

    // Whether it arrived is unknown.
    private static Outcome Failed(TessraxException error) => new() { Error = error, Wait = TimeSpan.Zero };

    private static void Sign(HttpRequestMessage request, string authorization) =>
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

    private HttpRequestMessage Request(Asking asking)
    {
        var address = new Uri(Server, asking.Path);
        if (!Server.IsBaseOf(address))
            throw new ArgumentException($"'{asking.Path}' leads away from {Server}", nameof(asking));
        var request = new HttpRequestMessage(asking.Method, address);
        // A large file is sent once the server wants it.
        request.Headers.ExpectContinue = asking.File is not null;
        if (asking.Body.Length > 0 || asking.File is not null)
        {
            request.Content = asking.File?.ToContent() ?? new ReadOnlyMemoryContent(asking.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(asking.ContentType);
        }
        if (asking.IdempotencyKey is { } key)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private async ValueTask LearnRunAsync(CancellationToken cancel) =>
        signer!.Run =
            await AboutAsync("server", static refused => refused.Run, cancel).ConfigureAwait(false)
            ?? throw ErrorCodes.CannotFetch.Because($"{Server} does not say which run it is");

    /// <summary>The id of the ledger, as the server says; null if it says none.</summary>
    public ValueTask<string?> NamedLedgerAsync(CancellationToken cancel) =>
        AboutAsync("id", static refused => refused.Ledger, cancel);

    // Whoever may not read is told the run and the ledger, too.
    private async ValueTask<string?> AboutAsync(
        string member,
        Func<Outcome, string?> ofRefusal,
        CancellationToken cancel
    )
    {
        var asking = new Asking(HttpMethod.Get, "v1/ledger") { Most = MostOfProblem };
        Outcome outcome = await AskAsync(asking, null, cancel).ConfigureAwait(false);
        if (outcome.Answer is { } answer)
            return ServerRefusal.Text(answer.Json(), member);
        return outcome.Status > 0 ? ofRefusal(outcome) : throw outcome.Error!;
    }

    private Outcome Refusal(Asking asking, HttpResponseMessage response, byte[] bytes)
    {
        int status = (int)response.StatusCode;
        bool isBusy = status is 429 or 503;
        TimeSpan? told = isBusy ? response.Headers.RetryAfter?.Delta : null;
        return new Outcome
        {
            Status = status,
            Error = ServerRefusal.Read(new Uri(Server, asking.Path), status, bytes, told),
            Run = ServerRefusal.Challenge(response, "server"),
            Ledger = ServerRefusal.Challenge(response, "realm"),
            Date = response.Headers.Date,
            Wait = isBusy ? told ?? TimeSpan.FromSeconds(1) : null,
        };
    }

    // Whatever length was announced, and whatever comes.
    private async ValueTask<byte[]> ReadAsync(HttpContent content, int most, CancellationToken cancel)
    {
        Stream stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var all = new MemoryStream();
            var part = new byte[64 * 1024];
            int read;
            while ((read = await stream.ReadAsync(part, cancel).ConfigureAwait(false)) > 0)
            {
                if (all.Length + read > most)
                    throw ErrorCodes.CannotFetch.Because($"{Server} answers with more than {most} bytes");
                all.Write(part, 0, read);
            }
            return all.ToArray();
        }
    }

    private delegate string Authorizing(string method, string target, Digest body);

    private sealed record Outcome
    {
        public int Status { get; init; }

        public Answered? Answer { get; init; }

        public TessraxException? Error { get; init; }

        public ErrorCode? Code => Error?.Code;

        /// <summary>The server's run, as a refusal names it.</summary>
        public string? Run { get; init; }

        /// <summary>The ledger's id, as a refusal names it.</summary>
        public string? Ledger { get; init; }

        public DateTimeOffset? Date { get; init; }

        /// <summary>What the request was signed by; null for the key itself, or nothing.</summary>
        public ClientSession? Session { get; init; }

        /// <summary>After which it is of use to ask again; null if it is not.</summary>
        public TimeSpan? Wait { get; init; }
    }
}
