using System.Runtime.Intrinsics;
using Tessrax.Hashing;

namespace Tessrax.Tests.Hashing;

/// <summary>Every way to compute SHA-256 that can run here, the lanes that this processor lacks included: those run in software.</summary>
internal static class Sha256Backends
{
    public static readonly IReadOnlyList<Sha256Backend> All = [.. Make()];

    public static Xunit.TheoryData<string> Names => [.. All.Select(backend => backend.Name)];

    /// <summary>The library, if it was built.</summary>
    public static NativeHash? Library { get; } = FindLibrary();

    public static Sha256Backend Named(string name) => All.First(backend => backend.Name == name);

    private static IEnumerable<Sha256Backend> Make()
    {
        var portable = new Sha256Stream<Sha256Portable>("portable");
        yield return portable;
        yield return new Sha256Batch<Lanes4, Vector128<uint>>("lanes4", portable);
        yield return new Sha256Batch<Lanes8, Vector256<uint>>("lanes8", portable);
        yield return new Sha256Batch<Lanes16, Vector512<uint>>("lanes16", portable);
        yield return new Sha256System();
        if (Sha256OpenSsl.IsThere)
            yield return new Sha256Stream<Sha256OpenSsl>("openssl");
        if (FindLibrary() is { } library)
            yield return new Sha256Native(library);
    }

    private static NativeHash? FindLibrary() =>
        NativeHash.Shared
        ?? NativeHash.TryLoad(Path.Combine(Spec.Root, "artifacts", "native", NativeHash.FileName), out _);
}
