namespace Tessrax.Node.Files;

/// <summary>A native library that lies beside the program where it was installed whole: libsodium for signatures, SQLite for the index.</summary>
public static class MissingLibrary
{
    /// <summary>The error of whoever copied the program without it; null if an exception has another cause.</summary>
    public static TessraxException? Behind(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            if (e is DllNotFoundException)
                return new TessraxException(
                    ErrorCodes.NoSuchFile,
                    $"the library {NameIn(e.Message)} is not beside the program, in {AppContext.BaseDirectory}",
                    "copy the whole folder of the release, not the program alone",
                    failure
                );
        }
        return null;
    }

    // "Unable to load shared library 'libsodium' or one of its dependencies": the runtime keeps it nowhere else.
    private static string NameIn(string message) =>
        message.Split('\'') is [_, var name, _, ..] ? name : "that it needs";
}
