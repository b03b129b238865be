namespace Tessrax.Client;

// Signing a browser in.
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
}

/// <summary>A link that signs a browser in, once.</summary>
/// <param name="Address">At the server that was asked.</param>
/// <param name="Told">What the server tells of it: <c>link</c> and <c>expires_at</c>.</param>
public sealed record SignInLink(Uri Address, ServerWord Told);
