using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessrax.Hashing;

/// <summary>A backend that may or may not be for this machine.</summary>
/// <param name="Name">As in <see cref="Sha256Backend.Name"/>.</param>
/// <param name="Find">Finds it.</param>
internal sealed record Sha256Candidate(string Name, Sha256Candidate.Finder Find)
{
    private static readonly Sha256Stream<Sha256Portable> PortableStream = new("portable");

    private static readonly Sha256Candidate OpenSsl = Of(
        () => Sha256OpenSsl.IsThere ? new Sha256Stream<Sha256OpenSsl>("openssl") : null,
        "openssl",
        "libcrypto's low-level calls",
        "is not there: no libcrypto"
    );

    private static readonly Sha256Candidate System = new(
        "system",
        (HashOperation operation, out string? reason) =>
        {
            // A call costs more than a tree node does, but less than a leaf.
            bool fits = operation != HashOperation.Pairs && (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS());
            reason = fits ? "the system's hashing, for what is longer than a tree node" : null;
            return fits ? new Sha256System() : null;
        }
    );

    private static readonly Sha256Candidate Portable = Of(
        () => PortableStream,
        "portable",
        "plain C#, runs everywhere"
    );

    private static readonly Sha256Candidate Lanes16 = Batches(
        () => Vector512.IsHardwareAccelerated,
        () => new Sha256Batch<Lanes16, Vector512<uint>>("lanes16", PortableStream),
        "lanes16"
    );

    private static readonly Sha256Candidate Lanes8 = Batches(
        () => Vector256.IsHardwareAccelerated,
        () => new Sha256Batch<Lanes8, Vector256<uint>>("lanes8", PortableStream),
        "lanes8"
    );

    private static readonly Sha256Candidate Lanes8WithoutShaInstructions = Lanes8 with
    {
        Find = (HashOperation operation, out string? reason) =>
        {
            reason = null;
            return HasShaInstructions ? null : Lanes8.Find(operation, out reason);
        },
    };

    private static readonly Sha256Candidate Lanes4 = Batches(
        () => Vector128.IsHardwareAccelerated,
        () => new Sha256Batch<Lanes4, Vector128<uint>>("lanes4", PortableStream),
        "lanes4"
    );

    private static readonly Sha256Candidate[] Managed =
    [
        Lanes16,
        Lanes8WithoutShaInstructions,
        OpenSsl,
        System,
        Lanes8,
        Lanes4,
        Portable,
    ];

    /// <summary>Finds a backend for an operation.</summary>
    /// <param name="operation">What it is to do.</param>
    /// <param name="reason">Why it, or why not; null if it is not worth a word.</param>
    /// <returns>Null if it is not for this machine.</returns>
    public delegate Sha256Backend? Finder(HashOperation operation, out string? reason);

    // CPUID leaf 7, EBX, bit 29 (Intel SDM, volume 2, CPUID).
    private static bool HasShaInstructions => X86Base.IsSupported && (X86Base.CpuId(7, 0).Ebx & (1 << 29)) != 0;

    /// <summary>The candidates, best first.</summary>
    /// <remarks><para>The order is fixed by what was measured, not by measuring: a run must not depend on how busy the machine was
    /// when it began. One node of a level on Zen 3: the library 40 ns, libcrypto with SHA instructions 73, eight lanes 130, four
    /// lanes 222, C# one at a time 650. Sixteen lanes have half the steps of eight, and instructions to rotate and to choose
    /// besides: they go before libcrypto. Without SHA instructions libcrypto takes several times as long, and eight lanes go
    /// before it too.</para>
    /// <para>One input: libcrypto is a tenth ahead of the library, which weaves two.</para>
    /// <para>libsodium, which is always there, is no candidate: its SHA-256 is as fast as the one in C#, within a quarter, and
    /// slower than lanes.</para></remarks>
    public static IReadOnlyList<Sha256Candidate> For(string? wish, NativeHash.Finder find) =>
        wish switch
        {
            HashBackends.Managed => Managed,
            HashBackends.Native => [Library(find, _ => true, wished: true)],
            _ =>
            [
                Library(find, operation => operation != HashOperation.One, wished: false),
                .. Managed[..3],
                Library(find, operation => operation == HashOperation.One, wished: false),
                .. Managed[3..],
            ],
        };

    private static Sha256Candidate Of(Func<Sha256Backend?> make, string name, string reason, string? missing = null) =>
        new(
            name,
            (HashOperation _, out string? why) =>
            {
                Sha256Backend? backend = make();
                why = backend is null ? missing : reason;
                return backend;
            }
        );

    private static Sha256Candidate Batches(Func<bool> fits, Func<Sha256Backend> make, string name) =>
        new(
            name,
            (HashOperation operation, out string? reason) =>
            {
                bool here = operation != HashOperation.One && fits();
                reason = here ? "C#, inputs side by side in the lanes of vectors" : null;
                return here ? make() : null;
            }
        );

    private static Sha256Candidate Library(NativeHash.Finder find, Func<HashOperation, bool> meant, bool wished) =>
        new(
            "native",
            (HashOperation operation, out string? reason) =>
            {
                reason = null;
                if (!meant(operation) || find(out reason) is not { } library)
                    return null;
                if (!wished && !library.HasTwoStreams)
                {
                    reason = "would not be faster: the processor has no SHA instructions";
                    return null;
                }
                reason =
                    wished ? "wished for"
                    : operation == HashOperation.One ? "the processor's SHA instructions"
                    : "the processor's SHA instructions, two inputs woven together";
                return new Sha256Native(library);
            }
        );
}
