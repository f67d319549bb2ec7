"""The policy pack: what the engine refuses before anything is made.

Owns: rules over what the engine is about to do, judged by type tokens and properties alone.
Does not own: what a config file may say (`stack/` refuses that earlier and more precisely),
or what a cloud does later. It imports nothing of this project, so that it judges what a
program declares and not what the program's own code believes it declares.
"""
