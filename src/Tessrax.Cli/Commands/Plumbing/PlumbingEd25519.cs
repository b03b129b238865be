using System.CommandLine;
using Tessrax.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing ed25519-verify</c>: exit 0 if the signature holds by libsodium's rule, 1 if it does not.</summary>
internal static class PlumbingEd25519
{
    public static Command Create(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.File();
        Option<string> key = HexText.Option("--key", "the public key, 32 bytes");
        Option<string> signature = HexText.Option("--signature", "the signature, 64 bytes");
        var verb = new Verb(
            "ed25519-verify",
            "Check an Ed25519 signature over a file (RFC 8032)",
            "tessraxctl plumbing ed25519-verify --key $KEY --signature $SIGNATURE message.bin"
        )
        {
            file,
            key,
            signature,
        };
        verb.SetAction(parsed =>
        {
            byte[] keyBytes = HexText.Read(parsed, key);
            byte[] signatureBytes = HexText.Read(parsed, signature);
            byte[] message = context.ReadInput(parsed.GetValue(file), 1 << 30);
            bool holds =
                PublicKey.TryCreate(keyBytes, out PublicKey publicKey) && publicKey.Verify(message, signatureBytes);
            return PlumbingVerify.Answer(context, holds, ErrorCodes.BadSignature, "the signature does not hold");
        });
        return verb;
    }
}
