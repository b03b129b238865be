using System.Runtime.InteropServices.JavaScript;
using Tessrax.Keys;

namespace Tessrax.Web.Client;

/// <summary>Ed25519 by the libsodium that the page brings: the rule is that of every other Tessrax, since the code is.</summary>
internal sealed partial class SodiumVerifier : IEd25519Verifier
{
    public SignatureCheck For(ReadOnlySpan<byte> key)
    {
        byte[] copy = key.ToArray();
        return (message, signature) => Verify(copy, message.ToArray(), signature.ToArray());
    }

    [JSImport("verifySignature", HostFiles.Module)]
    private static partial bool Verify(byte[] key, byte[] message, byte[] signature);
}
