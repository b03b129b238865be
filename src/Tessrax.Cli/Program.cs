using System.Text;
using Tessrax.Cli;
using Tessrax.Cli.Terminal;

StandardStreams.HoldClosed();

// Scripts ask for the version often: it is answered before anything else is loaded.
if (args is ["--version"])
{
    try
    {
        using Stream output = StandardStreams.Output();
        output.Write(Encoding.UTF8.GetBytes($"tessraxctl {BuildVersion.Text}\n"));
        return 0;
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
    {
        // Told below as whatever fails is told.
    }
}
return CliApp.Run(args, CliHost.OfThisProcess());
