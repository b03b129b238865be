namespace Tessrax.Client;

// Signing for others: a browser, and programs that send what they have signed here.
public sealed partial class LedgerClient
{
    private const int MostOfLink = 4096;

    /// <summary>Asks for a link that signs a browser in, once, within five minutes.</summary>
    /// <remarks>The request is signed for the trust root's ledger, whatever the server says that it serves, and only over TLS or to this machine: whoever reads the link can use it.</remarks>
    /// <exception cref="TessraxException">TSX6008: there is no access key; TSX6019: others could read along; TSX6040: the link leads to another server; the server's own: it
    /// refused.</exception>
    public async ValueTask<SignInLink> SignInLinkAsync(CancellationToken cancel = default)
    {
        RequireKey();
        if (!transport.IsPrivate)
            throw ErrorCodes.NotPrivate.Because($"{Server} is neither https nor this machine", "give an https address");
        Answered answer = await transport
            .SendAsync(new Asking(HttpMethod.Post, "v1/links") { Most = MostOfLink }, cancel)
            .ConfigureAwait(false);
        var told = new ServerWord(answer.Json());
        string link = told.Read(reader => reader.String("link", MostOfLink));
        return Uri.TryCreate(link, UriKind.Absolute, out Uri? address) && Server.IsBaseOf(address)
            ? new SignInLink(address, told)
            : throw ErrorCodes.AnswerBroken.Because($"the link leads to another server than {Server}: {link}");
    }

    /// <summary>Signs one request that another program sends. It counts once, within a minute, for exactly these bytes and this run of the server.</summary>
    /// <param name="method">As <c>POST</c>.</param>
    /// <param name="path">What is asked for, below the server's address, with its query: <c>v1/claims</c>.</param>
    /// <param name="body">As it is sent; empty for none.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TessraxException">TSX1012: no such method, or the path leads away from the server; TSX6008: there is no access key; TSX3016: the server does not say which
    /// run it is.</exception>
    public async ValueTask<SignedRequest> SignAsync(
        string method,
        string path,
        ReadOnlyMemory<byte> body,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(path);
        RequireKey();
        if (method.Length is 0 or > 16 || method.AsSpan().ContainsAnyExceptInRange('A', 'Z'))
            throw ErrorCodes.BadUsage.Because($"'{method}' is no method", "give GET, POST or DELETE");
        if (!Uri.TryCreate(Server, path.TrimStart('/'), out Uri? address) || !Server.IsBaseOf(address))
            throw ErrorCodes.BadUsage.Because(
                $"'{path}' leads away from {Server}",
                "give the path below the server's URL, such as v1/claims"
            );
        return new SignedRequest(
            method,
            address,
            await transport.SignAsync(method, address, body, cancel).ConfigureAwait(false)
        );
    }
}

/// <summary>A request that another program sends.</summary>
/// <param name="Method">As <c>POST</c>.</param>
/// <param name="Address">Where to.</param>
/// <param name="Authorization">The value of its header <c>Authorization</c>.</param>
public sealed record SignedRequest(string Method, Uri Address, string Authorization);

/// <summary>A link that signs a browser in, once.</summary>
/// <param name="Address">At the server that was asked.</param>
/// <param name="Told">What the server tells of it: <c>link</c> and <c>expires_at</c>.</param>
public sealed record SignInLink(Uri Address, ServerWord Told);
