namespace Tessrax.Cli;

/// <summary>How the running program is started once more.</summary>
internal static class SelfCommand
{
    /// <summary>The program, and what comes before its arguments: run by the dotnet host, the program to run is its first argument.</summary>
    public static (string Program, string[] First) Line()
    {
        string self = Environment.ProcessPath ?? throw ErrorCodes.Bug.Because("the running program is not known");
        return (self, Path.GetFileNameWithoutExtension(self) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : []);
    }
}
