using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessrax.Hashing;

/// <summary>A backend that may or may not be for this machine.</summary>
internal sealed record Sha256Candidate(string Name, Sha256Candidate.Finder Find)
{
    // CPUID leaf 7, EBX, as Intel and AMD define it.
    private const int ShaInstructions = 1 << 29;

    /// <summary>Finds the backend for an operation.</summary>
    /// <param name="operation">What it is to do.</param>
    /// <param name="reason">Why it, or why not; null if it was never meant for the operation.</param>
    /// <returns>Null if it is not for this machine.</returns>
    public delegate Sha256Backend? Finder(HashOperation operation, out string? reason);

    /// <summary>The candidates, best first.</summary>
    /// <remarks>The order is fixed by what was measured, not by measuring: a run must not depend on how busy the machine was when it began.</remarks>
    public static IReadOnlyList<Sha256Candidate> For(string? wish, NativeHash.Finder find) =>
        wish switch
        {
            HashBackends.Native => [NativeOf(find, wished: true)],
            HashBackends.Managed => [OpenSsl, System, Portable],
            _ => [NativeOf(find, wished: false), OpenSsl, System, Portable],
        };

    private static Sha256Candidate NativeOf(NativeHash.Finder find, bool wished) =>
        new(
            "native",
            (HashOperation operation, out string? reason) =>
            {
                NativeHash? library = find(out reason);
                if (library is null)
                    return null;
                if (!wished && !library.HasTwoStreams)
                {
                    reason = "has no SHA instructions to use here";
                    return null;
                }
                reason = wished ? "wished for"
                    : operation == HashOperation.One ? "the processor's SHA instructions"
                    : "the processor's SHA instructions, two inputs at a time";
                return new Sha256Native(library);
            }
        );

    private static readonly Sha256Candidate OpenSsl = new(
        "openssl",
        (HashOperation _, out string? reason) =>
        {
            reason = Sha256OpenSsl.IsThere ? "libcrypto's low-level calls" : "is not there: no libcrypto";
            return Sha256OpenSsl.IsThere ? new Sha256Stream<Sha256OpenSsl>("openssl") : null;
        }
    );

    private static readonly Sha256Candidate System = new(
        "system",
        (HashOperation _, out string? reason) =>
        {
            bool here = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
            reason = here ? "the system's hashing for what is longer than a tree node" : null;
            return here ? new Sha256System() : null;
        }
    );

    private static readonly Sha256Candidate Portable = new(
        "portable",
        (HashOperation _, out string? reason) =>
        {
            reason = "runs everywhere";
            return new Sha256Stream<Sha256Portable>("portable");
        }
    );
}
