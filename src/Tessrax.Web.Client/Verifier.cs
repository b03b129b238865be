using System.Runtime.InteropServices.JavaScript;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Verification;

namespace Tessrax.Web.Client;

/// <summary>What JavaScript calls. Answers are canonical JSON; no file, however it was damaged, makes them throw.</summary>
internal static partial class Verifier
{
    internal static void Main() => Ed25519Rule.UseHost(new SodiumVerifier());

    /// <summary>The verdict on a bundle, a proof of a search or a receipt, as <c>tessraxctl verify --json</c> prints it.</summary>
    /// <param name="given">The file.</param>
    /// <param name="trust">A trust root document, or a vkey; empty if trust is not established.</param>
    /// <param name="timed">Whether stages say how long they took; else they say 0, and the same file always gives the same bytes.</param>
    /// <returns>The verdict, or <c>{"refused":{"code","message","hint"}}</c> if the trust root is none.</returns>
    /// <remarks>Of a bundle and of a proof of a search, stages are told while they come; a receipt has too few for that.</remarks>
    [JSExport]
    internal static string Verify(byte[] given, byte[] trust, bool timed) =>
        TryTrust(trust, out TrustRoot? root, out string refusal)
            ? FileVerifier
                .Verify(given, root, Clock(timed), stage => StageOver(stage.ToJson().ToString()))
                .ToJson()
                .ToString()
            : refusal;

    /// <summary>Verifies, and then holds the file's tree against the log as it is served now.</summary>
    /// <param name="given">As for <see cref="Verify"/>.</param>
    /// <param name="trust">As for <see cref="Verify"/>.</param>
    /// <param name="log">The log's address, with a slash at its end.</param>
    /// <returns>One stage, named <c>log</c>; or a refusal as of <see cref="Verify"/>.</returns>
    [JSExport]
    internal static async Task<string> Follow(byte[] given, byte[] trust, string log)
    {
        if (!TryTrust(trust, out TrustRoot? root, out string refusal))
            return refusal;
        Verdict verdict = FileVerifier.Verify(given, root, StoppedClock.Instance);
        Stage stage = await LogCheck
            .RunAsync(verdict, root, new HostFiles(log), TimeProvider.System)
            .ConfigureAwait(false);
        return stage.ToJson().ToString();
    }

    // Canonical JSON of a stage that is over, while the others are still to come.
    [JSImport("stageOver", HostFiles.Module)]
    private static partial void StageOver(string stage);

    private static bool TryTrust(byte[] trust, out TrustRoot? root, out string refusal)
    {
        root = null;
        refusal = "";
        if (trust.Length == 0)
            return true;
        try
        {
            root = TrustRoot.OfFile(trust);
            return true;
        }
        catch (TessraxException e)
        {
            refusal = JsonValue
                .Object(
                    (
                        "refused",
                        JsonValue.Object(("code", e.Code.ToString()), ("message", e.Message), ("hint", e.Code.Hint))
                    )
                )
                .ToString();
            return false;
        }
    }

    private static TimeProvider Clock(bool timed) => timed ? TimeProvider.System : StoppedClock.Instance;

    private sealed class StoppedClock : TimeProvider
    {
        public static readonly StoppedClock Instance = new();

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

        public override long GetTimestamp() => 0;
    }
}
