using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Server.Api;

/// <summary>What somebody sends to be appended: an event of their own for the server to make an entry of, or a body that they signed themselves.</summary>
/// <remarks><code>{"event":"x-model-released","data":{…},"state":"sha256:…","by":"log"}
/// {"signed":{"body":{…},"sig":"…","salt":"…"},"payload":{…}}</code></remarks>
internal static class AppendBody
{
    private const int MaxEventName = 64;

    /// <summary>Whether a body was signed elsewhere.</summary>
    public static bool IsSigned(JsonValue given) => given["signed"] is not null;

    /// <summary>An event to make an entry of.</summary>
    /// <param name="given">The object.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <param name="nonce">16 bytes; empty to draw them.</param>
    /// <exception cref="TessraxException">TSX1007 to TSX1010: it has another form.</exception>
    public static OwnDraft Own(JsonValue given, string path, byte[] nonce)
    {
        Wish wish = Read(new ObjectReader(given, path));
        return new OwnDraft(wish.Event, wish.Data.ToCanonicalBytes(), wish.State, wish.By, nonce);
    }

    /// <summary>An event to prepare.</summary>
    /// <param name="reader">The object, of which other members have been read.</param>
    /// <param name="nonce">16 bytes; empty to draw them.</param>
    /// <exception cref="TessraxException">TSX1007 to TSX1010: it has another form; TSX1017: it is no event of one's own.</exception>
    public static Draft Draft(ObjectReader reader, byte[] nonce)
    {
        Wish wish = Read(reader);
        if (!Events.IsOwn(wish.Event))
            throw ErrorCodes.NotAppendable.Because($"{wish.Event} is no event of your own: those begin with x-");
        return new Draft
        {
            Event = wish.Event,
            By = wish.By,
            Payload = FrozenPayload.From(new OwnEvent(wish.Data, wish.State).ToJson()),
            Nonce = nonce.Length == 0 ? null : Convert.ToBase64String(nonce),
        };
    }

    /// <summary>A body that was signed elsewhere, and its payload.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1010: it has another form.</exception>
    public static SignedDraft Signed(JsonValue given, string path)
    {
        var reader = new ObjectReader(given, path);
        ObjectReader signed = reader.Object("signed");
        var payload = FrozenPayload.From(reader.Required("payload"));
        reader.End();
        var body = EntryBody.FromJson(signed.Required("body"), $"{signed.Path}.body");
        JsonValue sig = signed.Required("sig");
        bool isSeal = sig.Kind == JsonKind.Object;
        var draft = new SignedBody(
            body,
            isSeal ? null : Convert.ToBase64String(signed.Base64("sig", Keys.PublicKey.SignatureSize)),
            signed.Base64("salt", Receipt.SaltBytes)
        )
        {
            Seal = isSeal ? Seal.FromJson(sig, $"{signed.Path}.sig") : null,
        };
        signed.End();
        return new SignedDraft(draft, payload);
    }

    private static Wish Read(ObjectReader reader)
    {
        string name = reader.String("event", MaxEventName);
        JsonValue data = reader.Required("data");
        Digest? state = reader.OptionalDigest("state");
        bool byAuthor = reader.Optional("by") is not null && reader.OneOf("by", "log", "author") == "author";
        reader.End();
        return new Wish(name, data, state, byAuthor ? VoucherKind.Author : VoucherKind.Log);
    }

    private readonly record struct Wish(string Event, JsonValue Data, Digest? State, VoucherKind By);
}
