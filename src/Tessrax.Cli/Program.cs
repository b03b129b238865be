using System.Text;
using Tessrax.Cli;

// Scripts ask for the version often: it is answered before anything else is loaded.
if (args is ["--version"])
{
    using Stream output = Console.OpenStandardOutput();
    output.Write(Encoding.UTF8.GetBytes($"tessraxctl {BuildVersion.Text}\n"));
    return 0;
}
return CliApp.Run(args, CliHost.OfThisProcess());
