using System.Reflection;
using System.Runtime.InteropServices;

namespace Tessrax.Node.RocksDb;

/// <summary>RocksDB's library, which is looked for when the first index of this kind is made or opened, and not before.</summary>
/// <remarks>It may lie beside the program, in a directory <c>rocksdb</c> in or beside the program's, or where a program that is built for no one platform has what packages bring. Whatever the system has is not taken: it may be of any version.</remarks>
internal static class RocksLibrary
{
    private static readonly Lazy<nint> Loaded = new(static () => Load(AppContext.BaseDirectory));

    private static string FileName =>
        OperatingSystem.IsWindows() ? "rocksdb.dll"
        : OperatingSystem.IsMacOS() ? "librocksdb.dylib"
        : "librocksdb.so";

    /// <summary>Makes sure that it is there.</summary>
    /// <exception cref="TessraxException">TSX3042.</exception>
    public static void Need()
    {
        if (Loaded.Value == 0)
            throw ErrorCodes.BackendMissing.Because(
                $"RocksDB's library, {FileName}, is not beside the program in {AppContext.BaseDirectory}"
            );
    }

    /// <summary>Loads it from beside a program; 0 if there is none that can be loaded.</summary>
    /// <param name="beside">The program's directory.</param>
    internal static nint Load(string beside)
    {
        nint library = Candidates(beside)
            .Where(File.Exists)
            .Select(file => NativeLibrary.TryLoad(file, out nint found) ? found : 0)
            .FirstOrDefault(found => found != 0);
        if (library != 0)
            NativeLibrary.SetDllImportResolver(
                Assembly.GetExecutingAssembly(),
                (name, _, _) => name == RocksNative.Library ? library : 0
            );
        return library;
    }

    private static IEnumerable<string> Candidates(string beside)
    {
        yield return Path.Combine(beside, FileName);
        yield return Path.Combine(beside, "rocksdb", FileName);
        yield return Path.GetFullPath(Path.Combine(beside, "..", "rocksdb", FileName));
        yield return Path.Combine(beside, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", FileName);
    }
}
