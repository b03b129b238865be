namespace Tessrax.Tests.Fuzz;

/// <summary>Keeps the input of a crash, to be run again: <c>TARGET-SEED.crash</c> under <c>artifacts/fuzz</c>.</summary>
internal static class CrashFile
{
    private static readonly string Folder = Path.Combine(Spec.Root, "artifacts", "fuzz");

    /// <summary>Writes it, and says how to run it again.</summary>
    public static string Keep(FuzzRun.Crash crash)
    {
        Directory.CreateDirectory(Folder);
        string path = Path.Combine(Folder, $"{crash.Target.Name}-{crash.Seed}.crash");
        File.WriteAllBytes(path, crash.Input);
        return $"{crash.Target.Name}, seed {crash.Seed}: {crash.Fault}\nagain: eng/fuzz.sh replay {path}";
    }

    /// <summary>The name of the target in a crash file's name.</summary>
    public static string TargetOf(string path)
    {
        string name = Path.GetFileName(path);
        return name[..name.LastIndexOf('-')];
    }
}
