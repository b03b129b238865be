using NSec.Cryptography;

namespace Tessrax.Keys;

/// <summary>Whether a signature under one key holds. Takes any message, and exactly <see cref="PublicKey.SignatureSize"/> bytes of signature.</summary>
internal delegate bool SignatureCheck(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

/// <summary>Verifies Ed25519 by libsodium's rule (spec/keys.md, section 1). Safe for concurrent use.</summary>
internal interface IEd25519Verifier
{
    /// <summary>The check under a key; one that never holds if the bytes are no key.</summary>
    /// <param name="key">Exactly <see cref="PublicKey.Size"/> bytes, which a stranger may have chosen.</param>
    SignatureCheck For(ReadOnlySpan<byte> key);
}

/// <summary>Which libsodium verifies: the native one through NSec, or one that the host brings where there is no native code.</summary>
/// <remarks>Nothing of NSec is touched before a signature is verified, so that keys can be read and compared where its library is not.</remarks>
internal static class Ed25519Rule
{
    private static IEd25519Verifier? current;

    /// <summary>The one in use.</summary>
    /// <exception cref="InvalidOperationException">In a browser whose host brought none: nothing is verified then, rather than by another rule.</exception>
    public static IEd25519Verifier Current => Volatile.Read(ref current) ?? ChooseOwn();

    /// <summary>Brings the host's, before the first signature is verified: one process follows one implementation from beginning to end.</summary>
    /// <exception cref="InvalidOperationException">One is in use already.</exception>
    public static void UseHost(IEd25519Verifier host) => Set(ref current, host);

    // Apart from the process's own place, so that a test can try it.
    internal static void Set(ref IEd25519Verifier? place, IEd25519Verifier host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (Interlocked.CompareExchange(ref place, host, null) is not null)
            throw new InvalidOperationException(
                "signatures are being verified already: bring the host's Ed25519 first"
            );
    }

    // The trimmer knows the answer for a browser, and leaves NSec out there.
    private static IEd25519Verifier ChooseOwn()
    {
        if (OperatingSystem.IsBrowser())
            throw new InvalidOperationException("in a browser the host must bring libsodium");
        Interlocked.CompareExchange(ref current, new NSecVerifier(), null);
        return current;
    }

    private sealed class NSecVerifier : IEd25519Verifier
    {
        public SignatureCheck For(ReadOnlySpan<byte> key)
        {
            bool isKey = NSec.Cryptography.PublicKey.TryImport(
                SignatureAlgorithm.Ed25519,
                key,
                KeyBlobFormat.RawPublicKey,
                out NSec.Cryptography.PublicKey? imported
            );
            return isKey && imported is not null
                ? (message, signature) => SignatureAlgorithm.Ed25519.Verify(imported, message, signature)
                : static (_, _) => false;
        }
    }
}
